/** `npm run test:faults -- [--seeds N] [--from N] [--seed N]`: runs many seeds, or replays one and tells all of it. */
import { parseArgs } from 'node:util';
import { formatDuration } from '../../src/support/time.js';
import { describeMix } from './mix.js';
import { run } from './run.js';
import { report, traceOf } from './trace.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

async function replay(seed: number): Promise<boolean> {
  const result = await run({ seed });
  console.log(traceOf(result, new Set()).join('\n'));
  console.log(result.violations.length === 0 ? `seed ${seed} passed: ${describeMix(result.mix)}` : report(result));
  return result.violations.length === 0;
}

async function runMany(from: number, seeds: number): Promise<boolean> {
  const start = Date.now();
  const failed: number[] = [];
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await run({ seed });
    if (result.violations.length === 0) continue;
    failed.push(seed);
    console.log(report(result));
  }
  const time = formatDuration(Date.now() - start);
  console.log(`${seeds} seeds in ${time}: ${failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`}`);
  return failed.length === 0;
}

const one = values.seed === undefined ? undefined : Number(values.seed);
const passed = one === undefined ? await runMany(Number(values.from), Number(values.seeds)) : await replay(one);
process.exitCode = passed ? 0 : 1;
