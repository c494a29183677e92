/** When work that failed is tried again, and when no more: as Kubernetes' Jobs do it. Pure. */
import type { ContainerClaim, ContainerClaimStatus } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import { failuresBefore, mainStatus, restartsOf, type Slot } from '../line/index.js';
import { backOffDelay } from '../runtime/index.js';
import { type Instant, instantOf, minute, second, timestamp } from '../support/time.js';
import type { Found, Ledger } from './ledger.js';

/** A Job's pauses: 10 s after the first failure, doubling to six minutes. */
const retryBackOff = { base: 10 * second, max: 6 * minute };
/** A Job's limit, of claims that state none. */
export const defaultBackoffLimit = 6;

export const backoffLimitOf = ({ spec }: Pick<ContainerClaim, 'spec'>): number =>
  spec.backoffLimit ?? defaultBackoffLimit;

/** How often the work of a slot has failed, and when it did last; `-Infinity`: nobody knows. */
export interface Failures {
  readonly count: number;
  readonly at: Instant;
}

type Recorded = NonNullable<ContainerClaimStatus['retries']>[number];

/**
 * Of one slot: by its containers, each of which carries the number of failures before it, and by what the claim's status
 * has kept of containers that are gone.
 */
export function failuresOf({ running, succeeded, failed }: Found, recorded: Recorded | undefined): Failures {
  const counts = [
    ...failed.map(({ pod }) => failuresBefore(pod) + 1),
    ...[...running, ...succeeded].map((pod) => failuresBefore(pod) + failedRuns(pod)),
  ];
  return {
    count: Math.max(0, recorded?.failures ?? 0, ...counts),
    at: Math.max(instantOf(recorded?.lastFailureAt) ?? -Infinity, ...failed.map(({ ending }) => ending.at)),
  };
}

/**
 * How often its kubelet has started it again because it failed: a Job counts that too, under `OnFailure`. Under `Always` a
 * program may end as it likes.
 */
const failedRuns = (pod: Pod): number => (pod.spec?.restartPolicy === 'OnFailure' ? restartsOf(pod) : 0);

/** What failed last, also of what its kubelet has started again since. */
export function lastFailure({
  held,
  failed,
}: Ledger): { readonly pod: Pod; readonly exitCode: number; readonly why: string } | undefined {
  const all = [
    ...failed.map(({ pod, ending }) => ({ pod, ...ending })),
    ...held.flatMap(({ pod }) => {
      const end = failedRuns(pod) > 0 ? mainStatus(pod)?.lastState?.terminated : undefined;
      if (!end || end.exitCode === 0) return [];
      const why = `its program ended with exit code ${end.exitCode}`;
      return [{ pod, exitCode: end.exitCode, why, at: instantOf(end.finishedAt) ?? 0 }];
    }),
  ];
  return all.sort((a, b) => b.at - a.at)[0];
}

export const exitCodeOfLast = (ledger: Ledger): number | undefined => lastFailure(ledger)?.exitCode;

/** Whether its work has been tried before. */
export const isRetry = ({ failures }: Slot): boolean => failures !== undefined;

/** When the work may be tried again. */
export const retryAt = ({ count, at }: Failures): Instant =>
  count === 0 ? -Infinity : at + backOffDelay(count, retryBackOff);

/** Of all the claim's containers together. */
export const totalFailures = ({ failures }: Ledger): number =>
  [...failures.values()].reduce((sum, { count }) => sum + count, 0);

/** The failures as the claim's status keeps them. */
export const retriesOf = ({ failures }: Ledger): readonly Recorded[] =>
  [...failures].map(([index, { count, at }]) => ({
    index,
    failures: count,
    ...(at === -Infinity ? {} : { lastFailureAt: timestamp(at) }),
  }));
