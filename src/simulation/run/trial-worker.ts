/** A worker thread that runs the trials that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { CodedError } from '../../support/errors.js';
import type { Trial } from '../experiments/experiment.js';
import { experimentNamed } from '../experiments/index.js';
import type { Answer, Order } from './worker-messages.js';

const { experiment, parameters }: Order = workerData;
const opened = experimentNamed(experiment).open(parameters);
// what goes wrong with it is said in the answer to a trial
opened.catch(() => {});

parentPort?.on('message', (trial: Trial) => {
  void answer(trial).then((message) => parentPort?.postMessage(message));
});

async function answer(trial: Trial): Promise<Answer> {
  try {
    return { outcome: await (await opened).run(trial) };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const { code, message, hint, exitCode } = error;
    return { code, message, exitCode, ...(hint !== undefined && { hint }) };
  }
}
