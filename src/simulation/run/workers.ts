/** Trials in worker threads: as many at a time as there are workers. */
import { Worker } from 'node:worker_threads';
import { CodedError } from '../../support/errors.js';
import { onAbort } from '../../support/on-abort.js';
import type { Outcome, Trial } from '../experiments/experiment.js';
import type { Executor } from './run-experiment.js';
import type { Answer, Order } from './worker-messages.js';

interface Waiting {
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/** @param file the program of a worker: `trial-worker.js` as it was built */
export class Workers implements Executor, AsyncDisposable {
  readonly #idle: Worker[];
  readonly #waiting = new Map<Worker, Waiting>();

  constructor(
    readonly width: number,
    file: URL,
    experiment: string,
    parameters: unknown,
  ) {
    this.#idle = Array.from({ length: width }, () => this.#start(file, { experiment, parameters }));
  }

  #start(file: URL, workerData: Order): Worker {
    const worker = new Worker(file, { workerData });
    worker.on('message', (answer: Answer) => {
      const waiting = this.#settled(worker);
      if ('outcome' in answer) waiting?.resolve(answer.outcome);
      else waiting?.reject(new CodedError(answer.code, answer.message, answer.hint, answer.exitCode));
    });
    worker.on('error', (error) => this.#settled(worker)?.reject(error));
    worker.on('exit', (code) => this.#settled(worker)?.reject(new Error(`a worker ended with code ${code}`)));
    return worker;
  }

  #settled(worker: Worker): Waiting | undefined {
    const waiting = this.#waiting.get(worker);
    if (this.#waiting.delete(worker)) this.#idle.push(worker);
    return waiting;
  }

  /** A worker cannot be interrupted within a trial: when the signal is aborted it is ended by `dispose`. */
  run(trial: Trial, signal: AbortSignal): Promise<Outcome> {
    const outcome = new Promise<Outcome>((resolve, reject) => {
      const worker = this.#idle.pop();
      if (!worker) throw new Error('more trials at a time than workers');
      this.#waiting.set(worker, { resolve, reject });
      worker.postMessage(trial);
    });
    return unlessAborted(outcome, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#idle, ...this.#waiting.keys()].map((worker) => worker.terminate()));
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const listening = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).finally(() => listening[Symbol.dispose]());
  });
}
