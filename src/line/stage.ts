import type { Cluster } from '../cluster/cluster.js';
import type { Context } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import type { Duration } from '../support/time.js';

/** What a stage is given besides its work: the world, and the reconcile on whose behalf it runs. */
export interface StageContext extends Context {
  readonly cluster: Cluster;
  readonly clock: Clock;
}

/**
 * What is to become of a container that a stage failed on:
 * `another`: it was never ours, take another one; `discard`: it is ours and spoilt, retire it and take another one;
 * `abort`: no other container would fare better, stop and tell the user.
 */
export type Consequence = 'another' | 'discard' | 'abort';

/** A stage's word on one container. `work` carries on what the stage learned, such as the pod as it is now. */
export type Verdict<Work> =
  | { readonly verdict: 'pass'; readonly work: Work }
  | { readonly verdict: 'retry'; readonly why: string; readonly work: Work; readonly after?: Duration }
  | { readonly verdict: 'fail'; readonly why: string; readonly work: Work; readonly consequence: Consequence };

export const pass = <Work>(work: Work): Verdict<Work> => ({ verdict: 'pass', work });
/** Not yet. Without `after` an event on the container will wake the reconcile. */
export const retry = <Work>(work: Work, why: string, after?: Duration): Verdict<Work> => ({
  verdict: 'retry',
  why,
  work,
  ...(after === undefined ? {} : { after }),
});
export const fail = <Work>(work: Work, why: string, consequence: Consequence): Verdict<Work> => ({
  verdict: 'fail',
  why,
  work,
  consequence,
});

/** After how long the first of those that are to be tried again wants it; `undefined` when none states a time. */
export function soonestRetry(verdicts: readonly Verdict<unknown>[]): Duration | undefined {
  const times = verdicts.flatMap((one) => (one.verdict === 'retry' ? (one.after ?? []) : []));
  return times.length === 0 ? undefined : Math.min(...times);
}

/**
 * One step of a chain, for one container at a time. Level-triggered like a reconcile: a stage looks at the container as it
 * is and passes at once when its own part is done already, so a chain is simply run again from its start.
 */
export interface Stage<Work> {
  readonly name: string;
  run(work: Work, context: StageContext): Promise<Verdict<Work>>;
}

/** Which of the candidates serve which need: one decision for a whole claim, pure. */
export interface SelectStage<Need, Candidate> {
  readonly name: string;
  select(needs: readonly Need[], candidates: Iterable<Candidate>): readonly Choice<Need, Candidate>[];
}

export interface Choice<Need, Candidate> {
  readonly need: Need;
  readonly candidate: Candidate;
}
