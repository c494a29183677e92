/**
 * `npm run test:histories -- [delivery|scheduler|rebalancer] [--seed N] [--runs N] [--stop]`: without `--runs` replays one history and tells
 * all of it; with it runs so many, from that seed on, on all cores. `--stop`: ends with the first that breaks a promise.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { formatDuration } from '../../src/support/time.js';
import { runAll } from './crew.js';
import { type SuiteName, suiteNames } from './suite-name.js';
import { playOf } from './suites.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    runs: { type: 'string' },
    stop: { type: 'boolean', default: false },
  },
});

async function replay(suite: SuiteName, seed: number): Promise<boolean> {
  const { report, trace, faults } = await (await playOf(suite))(seed);
  console.log(trace.join('\n'));
  console.log(report ?? `seed ${seed} passed: ${faults}`);
  return report === undefined;
}

async function runMany(suite: SuiteName, from: number, runs: number): Promise<boolean> {
  const start = Date.now();
  const failed: number[] = [];
  let [begun, done] = [0, 0];
  await runAll({
    suite,
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

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function numberOf(option: 'seed' | 'runs', otherwise: number): number {
  const text = values[option];
  if (text === undefined) return otherwise;
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : fail(`--${option} must be a whole number, is ${text}`);
}

const [wanted = 'delivery'] = positionals;
const suite = suiteNames.find((name) => name === wanted) ?? fail(`there are the suites ${suiteNames.join(', ')}`);
const isReplay = values.seed !== undefined && values.runs === undefined;
const seed = numberOf('seed', 1);
process.exitCode = (isReplay ? await replay(suite, seed) : await runMany(suite, seed, numberOf('runs', 1000))) ? 0 : 1;
