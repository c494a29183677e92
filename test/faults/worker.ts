/** One of the threads that run histories: gets a seed, answers with what was broken, gets the next. */
import { parentPort, workerData } from 'node:worker_threads';
import { suiteNames } from './suite-name.js';
import { playOf } from './suites.js';

/** `undefined`: every promise was kept. */
export type Answer = string | undefined;

const suite = suiteNames.find((name) => name === workerData) ?? 'delivery';

parentPort?.on('message', (seed: number) => {
  void playOf(suite)
    .then((play) => play(seed))
    .then(({ report }) => parentPort?.postMessage(report));
});
