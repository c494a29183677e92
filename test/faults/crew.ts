/** Runs many histories, on all cores. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Duration, formatDuration, minute } from '../../src/support/time.js';
import { replayOf, type SuiteName } from './suite-name.js';
import type { Answer } from './worker.js';

/** A history takes some tenths of a second, the longest some seconds. One that takes so long goes round in circles. */
const longest: Duration = 2 * minute;

export interface Crew {
  readonly suite: SuiteName;
  /** How many histories at once. */
  readonly threads: number;
  /** The program of the threads, where it is not this one. */
  readonly worker?: URL;
  /** Which seed is next; `undefined`: there is no more to do. */
  readonly next: () => number | undefined;
  readonly done: (seed: number, answer: Answer) => void;
}

export async function runAll({ threads, ...crew }: Crew): Promise<void> {
  await Promise.all(Array.from({ length: threads }, () => work(crew)));
}

const ownWorker = new URL('./worker.js', import.meta.url);

async function work({ suite, worker: program = ownWorker, next, done }: Omit<Crew, 'threads'>): Promise<void> {
  const start = () => new Worker(program, { workerData: suite });
  let worker = start();
  for (let seed = next(); seed !== undefined; seed = next()) {
    worker.postMessage(seed);
    try {
      const [answer] = (await once(worker, 'message', { signal: AbortSignal.timeout(longest) })) as [Answer];
      done(seed, answer);
    } catch (error) {
      await worker.terminate();
      worker = start();
      done(seed, `seed ${seed}: ${said(error)}\n  replay: ${replayOf(suite, seed)}`);
    }
  }
  await worker.terminate();
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'AbortError' ? `no end within ${formatDuration(longest)}` : (error.stack ?? error.message);
}
