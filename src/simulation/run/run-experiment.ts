import { nearest } from '../../api/schema/suggestion.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import type { Experiment, Opened, Outcome, Trial } from '../experiments/experiment.js';
import type { Request, Result, TrialResult } from './result.js';
import { rowsOf } from './rows.js';
import type { TrialStore } from './trial-store.js';

/** Runs trials: in this process, or in workers. */
export interface Executor {
  /** How many at a time. */
  readonly width: number;
  run(trial: Trial, signal: AbortSignal): Promise<Outcome>;
}

export interface Progress {
  (done: number, all: number, trial: Trial): void;
}

export interface RunOptions {
  readonly trials: readonly Trial[];
  readonly executor: Executor;
  readonly store: Pick<TrialStore, 'outcomeOf' | 'keep'>;
  readonly signal: AbortSignal;
  readonly progress?: Progress;
}

/**
 * Runs what is not done yet, several at a time. The result does not depend on how many, nor on what was done before.
 * @throws the reason of `signal`; the first error of a trial, when those that run beside it have ended. What is done is kept.
 */
export async function runTrials(options: RunOptions): Promise<readonly TrialResult[]> {
  const { trials, executor, store, signal, progress } = options;
  const waiting = trials.filter((trial) => store.outcomeOf(trial) === undefined);
  let done = trials.length - waiting.length;
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const work = async () => {
    for (let trial = waiting.shift(); trial && !either.aborted; trial = waiting.shift()) {
      const outcome = await executor.run(trial, either);
      store.keep({ trial, outcome });
      progress?.(++done, trials.length, trial);
    }
  };
  const guarded = () =>
    work().catch((error: unknown) => {
      failed.abort(error);
    });
  await Promise.all(Array.from({ length: Math.min(executor.width, waiting.length) }, guarded));
  either.throwIfAborted();
  return trials.map((trial) => {
    const outcome = store.outcomeOf(trial);
    if (!outcome) throw new Error(`no outcome of ${JSON.stringify(trial)}`);
    return { trial, outcome };
  });
}

/** In this process, one at a time. */
export const inProcess = (opened: Opened): Executor => ({
  width: 1,
  run: async (trial, signal) => opened.run(trial, signal),
});

/** @throws CodedError `UNKNOWN_POLICY` for a policy that the experiment does not compare */
export function checkPolicies({ name, policies, accepts }: Experiment, wanted: readonly string[]): void {
  const unknown = wanted.find((policy) => !policies.includes(policy) && !accepts(policy));
  if (unknown === undefined) return;
  const like = nearest(unknown, policies);
  throw new CodedError(
    'UNKNOWN_POLICY',
    `experiment ${name} does not compare ${unknown}${like === undefined ? '' : `; did you mean ${like}?`}`,
    `it compares ${policies.join(', ')}`,
    exitCodes.invalid,
  );
}

export function resultOf(
  request: Request,
  { notes, version }: Pick<Result, 'notes' | 'version'>,
  trials: readonly TrialResult[],
): Result {
  return { request, notes, version, trials, rows: rowsOf(trials) };
}
