import type { TemplatedPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Draft } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Context } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import type { Duration, Instant } from '../support/time.js';
import type { Refusal } from './refusals.js';

/** What a stage is given besides its work: the world, and the reconcile on whose behalf it runs. */
export interface StageContext extends Context {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** How many times this process has tried the container in this stage before, where the line counts that. */
  readonly attempt?: number;
  /** The container stays in the stage until then, though the stage says `retry`: its answer is still under way. */
  readonly hold?: (ended: Promise<void>) => void;
}

/**
 * What is to become of a container that a stage failed on:
 * `another`: it was never ours, take another one; `discard`: it is ours and cannot become what it is to be, retire it and
 * take another one, unless all fail like it; `replace`: the same, but it says nothing about others; `quarantine`: put it
 * aside to be looked at, and take another one; `abort`: no other container would fare better, stop and tell the user;
 * `tell`: it is good as it is, note what failed and go on.
 */
export type Consequence = 'another' | 'discard' | 'replace' | 'quarantine' | 'abort' | 'tell';

/** A stage's word on one container. `work` carries on what the stage learned, such as the pod as it is now. */
export type Verdict<Work> =
  | { readonly verdict: 'pass'; readonly work: Work }
  | {
      readonly verdict: 'retry';
      readonly why: string;
      readonly work: Work;
      readonly after?: Duration;
      /** Where it is because a call for this container failed; the line says so, no stage does. */
      readonly refusal?: Refusal;
    }
  | { readonly verdict: 'fail'; readonly why: string; readonly work: Work; readonly consequence: Consequence };

/** What a stage may say besides: the container needs none of the stages that follow. To who runs the chain that is a pass. */
export type StageVerdict<Work> = Verdict<Work> | { readonly verdict: 'finish'; readonly work: Work };

export const pass = <Work>(work: Work): Verdict<Work> => ({ verdict: 'pass', work });
export const finish = <Work>(work: Work): StageVerdict<Work> => ({ verdict: 'finish', work });
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
 *
 * A stage lets through what it cannot judge; the line decides. An error that concerns this container (a policy or webhook
 * denies the call, the object is invalid, the stage trips over an odd pod) becomes its verdict `retry`, with a back-off of
 * its own, and the others go on. An error that concerns the server or this process (no answer, 401, 429, 5xx that is no
 * webhook's, the lease is lost) is thrown: it would hit all alike, and the reconcile's own back-off spares the server.
 */
export interface Stage<Work> {
  readonly name: string;
  /** Ends with the deletion of the pod: one that cannot be deleted takes room, and its owner must know. */
  readonly deletes?: true;
  /** Done once for a container, and then noted on its pod: at least once, as a crash may come before the note. */
  readonly noted?: true;
  run(work: Work, context: StageContext): Promise<StageVerdict<Work>>;
  /** Whether there is nothing left to do: then the container waits for no turn. */
  isDone?(work: Work): boolean;
  /** From when the container's time in the stage counts; Infinity: it does not. Default: what the chain has. */
  since?(work: Work, context: StageContext): Instant | undefined;
  /** What becomes of a container that has been in the stage for too long. Default: `replace`. */
  readonly late?: Consequence;
  /** In the chain produce: what the pod must have from the start for this stage. */
  prepare?(pod: Draft<Pod>, pool: TemplatedPool): Draft<Pod>;
}

/** Which of the candidates serve which need: one decision for a whole claim, pure. */
export interface SelectStage<Need, Candidate, View> {
  readonly name: string;
  /** @param view what is known besides; asked for only by who needs it */
  select(needs: readonly Need[], candidates: Iterable<Candidate>, view: () => View): readonly Choice<Need, Candidate>[];
}

export interface Choice<Need, Candidate> {
  readonly need: Need;
  readonly candidate: Candidate;
}
