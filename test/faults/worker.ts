/** One of the threads that run histories: gets a seed, answers with what was broken, gets the next. */
import { parentPort } from 'node:worker_threads';
import { run } from './run.js';
import { report } from './trace.js';

/** `undefined`: every promise was kept. */
export type Answer = string | undefined;

parentPort?.on('message', (seed: number) => {
  void run({ seed }).then((result) => {
    const answer: Answer = result.violations.length === 0 ? undefined : report(result);
    parentPort?.postMessage(answer);
  });
});
