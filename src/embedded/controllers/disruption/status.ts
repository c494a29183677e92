import { isDeepStrictEqual } from 'node:util';
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../../../api/administration.js';
import type { Pod } from '../../../api/kubernetes.js';
import { findCondition, setCondition } from '../../../runtime/index.js';
import { type Duration, type Instant, instantOf, minute } from '../../../support/time.js';
import { disruptionAllowed, withDisruptionAllowed } from '../../disruption-allowed.js';
import { isReady } from '../../pod-readiness.js';
import { scaledValue } from '../scaled-value.js';

/** A pod whose eviction was allowed and that is not deleted after this time is counted again (`DeletionTimeout`). */
const deletionTimeout: Duration = 2 * minute;

type BudgetSpec = NonNullable<PodDisruptionBudget['spec']>;

/** Whether a budget counts the replicas that the pods' controllers want, instead of the pods. */
export const countsReplicas = ({ minAvailable, maxUnavailable }: BudgetSpec): boolean =>
  maxUnavailable !== undefined || typeof minAvailable === 'string';

export interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/**
 * What a budget asks of `count` pods, as `getExpectedPodCount` of Kubernetes: of replicas where `countsReplicas`, else of pods
 * that there are. Shares of pods are rounded up, also those that may be unavailable.
 */
export function expectationOf({ minAvailable, maxUnavailable }: BudgetSpec, count: number): Expectation {
  if (maxUnavailable !== undefined) {
    const unavailable = scaledValue(maxUnavailable, count, Math.ceil);
    return { expectedPods: count, desiredHealthy: Math.max(0, count - unavailable) };
  }
  if (minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0 };
  return { expectedPods: count, desiredHealthy: scaledValue(minAvailable, count, Math.ceil) };
}

export interface Finding {
  readonly status: PodDisruptionBudgetStatus;
  /** When the next of the evictions that nobody has carried out is given up. */
  readonly next: Instant | undefined;
}

/** The status of a budget that selects `pods` (`updatePdbStatus`, `countHealthyPods`, `buildDisruptedPodMap`). */
export function statusOf(
  { metadata, status: before }: PodDisruptionBudget,
  pods: Iterable<Pod>,
  { expectedPods, desiredHealthy }: Expectation,
  now: Instant,
): Finding {
  const disruptedPods: Record<string, string> = {};
  let currentHealthy = 0;
  let next = Number.POSITIVE_INFINITY;
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const disruptedAt = before?.disruptedPods?.[pod.metadata.name];
    const givenUpAt = (instantOf(disruptedAt) ?? Number.NEGATIVE_INFINITY) + deletionTimeout;
    if (disruptedAt !== undefined && givenUpAt > now) {
      disruptedPods[pod.metadata.name] = disruptedAt;
      next = Math.min(next, givenUpAt);
    } else if (isReady(pod)) currentHealthy++;
  }
  const counts = {
    observedGeneration: metadata.generation ?? 0,
    expectedPods,
    desiredHealthy,
    currentHealthy,
    // a budget without pods allows nothing: the first ones may be there before the status says so
    disruptionsAllowed: expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0,
    disruptedPods,
    ...(before?.conditions && { conditions: before.conditions }),
  };
  return { status: withDisruptionAllowed(counts, now), next: Number.isFinite(next) ? next : undefined };
}

/** The status of a budget whose pods could not be counted: it allows nothing (`failSafe`). */
export function failedStatus(
  { status: before }: PodDisruptionBudget,
  message: string,
  now: Instant,
): PodDisruptionBudgetStatus {
  const { observedGeneration } = before ?? {};
  const update = {
    type: disruptionAllowed,
    status: 'False' as const,
    reason: 'SyncFailed',
    message,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return {
    ...(before ?? { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }),
    disruptionsAllowed: 0,
    conditions: setCondition(before?.conditions, update, now),
  };
}

/** Whether two statuses mean the same; servers leave out what is empty. */
export function saysTheSame(a: PodDisruptionBudgetStatus | undefined, b: PodDisruptionBudgetStatus): boolean {
  const counts = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;
  return (
    a !== undefined &&
    counts.every((field) => a[field] === b[field]) &&
    (a.observedGeneration ?? 0) === (b.observedGeneration ?? 0) &&
    isDeepStrictEqual(a.disruptedPods ?? {}, b.disruptedPods ?? {}) &&
    isDeepStrictEqual(allowance(a), allowance(b))
  );
}

function allowance({ conditions }: PodDisruptionBudgetStatus) {
  const { status, reason, message = '', observedGeneration = 0 } = findCondition(conditions, disruptionAllowed) ?? {};
  return { status, reason, message, observedGeneration };
}
