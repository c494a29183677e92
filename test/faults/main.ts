/**
 * `npm run test:histories -- [--seed N] [--runs N] [--stop]`: without `--runs` replays one history and tells all of it; with
 * it runs so many, from that seed on. `--stop`: ends with the first that breaks a promise.
 */
import { parseArgs } from 'node:util';
import { formatDuration } from '../../src/support/time.js';
import { describeMix } from './mix.js';
import { run } from './run.js';
import { report, traceOf } from './trace.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    stop: { type: 'boolean', default: false },
  },
});

async function replay(seed: number): Promise<boolean> {
  const result = await run({ seed });
  console.log(traceOf(result, new Set()).join('\n'));
  console.log(result.violations.length === 0 ? `seed ${seed} passed: ${describeMix(result.mix)}` : report(result));
  return result.violations.length === 0;
}

async function runMany(from: number, runs: number): Promise<boolean> {
  const start = Date.now();
  const failed: number[] = [];
  let done = 0;
  for (; done < runs && !(values.stop && failed.length > 0); done++) {
    if (done > 0 && done % 1000 === 0) console.log(`${done} of ${runs} in ${formatDuration(Date.now() - start)}`);
    const result = await run({ seed: from + done });
    if (result.violations.length === 0) continue;
    failed.push(from + done);
    console.log(report(result));
  }
  const time = formatDuration(Date.now() - start);
  console.log(`${done} histories in ${time}: ${failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`}`);
  return failed.length === 0;
}

function numberOf(option: 'seed' | 'runs', otherwise: number): number {
  const text = values[option];
  if (text === undefined) return otherwise;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  console.error(`--${option} must be a whole number, is ${text}`);
  process.exit(2);
}

const isReplay = values.seed !== undefined && values.runs === undefined;
const seed = numberOf('seed', 1);
process.exitCode = (isReplay ? await replay(seed) : await runMany(seed, numberOf('runs', 1000))) ? 0 : 1;
