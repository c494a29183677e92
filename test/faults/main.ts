/**
 * `npm run test:histories -- [--seed N] [--runs N] [--stop]`: without `--runs` replays one history and tells all of it; with
 * it runs so many, from that seed on, on all cores. `--stop`: ends with the first that breaks a promise.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatDuration } from '../../src/support/time.js';
import { runAll } from './crew.js';
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
  let [begun, done] = [0, 0];
  await runAll({
    threads: Math.min(runs, availableParallelism()),
    next: () => (begun < runs && !(values.stop && failed.length > 0) ? from + begun++ : undefined),
    done: (seed, broken) => {
      done++;
      if (done % 1000 === 0 && done < runs) console.log(`${done} of ${runs} in ${formatDuration(Date.now() - start)}`);
      if (broken === undefined) return;
      failed.push(seed);
      console.log(broken);
    },
  });
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
