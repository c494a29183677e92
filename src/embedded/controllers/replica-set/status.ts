import { isDeepStrictEqual } from 'node:util';
import type { Pod, ReplicaSet } from '../../../api/kubernetes.js';
import { type Instant, timestamp } from '../../../support/time.js';
import { availableAt, isActive, readySince } from '../pod-readiness.js';

type Status = NonNullable<ReplicaSet['status']>;

/** What went wrong while pods were made or deleted, as the condition ReplicaFailure says it. */
export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** The status of a ReplicaSet that owns `pods`. */
export function statusOf(set: ReplicaSet, pods: readonly Pod[], failure: Failure | undefined, now: Instant): Status {
  const active = pods.filter(isActive);
  const expected = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const minReady = set.spec?.minReadySeconds;
  const labelled = active.filter(({ metadata }) => expected.every(([key, value]) => metadata.labels?.[key] === value));
  const available = active.filter((pod) => (availableAt(pod, minReady) ?? Number.POSITIVE_INFINITY) <= now);
  const conditions = conditionsOf(set, failure, now);
  return {
    replicas: active.length,
    fullyLabeledReplicas: labelled.length,
    readyReplicas: active.filter((pod) => readySince(pod) !== undefined).length,
    availableReplicas: available.length,
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

/** Whether two statuses mean the same; servers leave out what is 0. */
export function saysTheSame(a: Partial<Status> = {}, b: Status): boolean {
  const counts = [
    'replicas',
    'fullyLabeledReplicas',
    'readyReplicas',
    'availableReplicas',
    'observedGeneration',
  ] as const;
  return (
    a.replicas !== undefined &&
    counts.every((name) => (a[name] ?? 0) === (b[name] ?? 0)) &&
    isDeepStrictEqual(a.conditions ?? [], b.conditions ?? [])
  );
}

function conditionsOf(set: ReplicaSet, failure: Failure | undefined, now: Instant): NonNullable<Status['conditions']> {
  const others = (set.status?.conditions ?? []).filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  const before = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
  const lastTransitionTime = before?.lastTransitionTime ?? timestamp(now);
  return [...others, { type: 'ReplicaFailure', status: 'True', ...failure, lastTransitionTime }];
}

/** When the next of the pods that are Ready will count as available. */
export function nextAvailableAt(set: ReplicaSet, pods: readonly Pod[], now: Instant): Instant | undefined {
  const coming = pods
    .map((pod) => availableAt(pod, set.spec?.minReadySeconds))
    .filter((instant) => instant !== undefined && instant > now);
  return coming.length === 0 ? undefined : Math.min(...coming.map((instant) => instant ?? now));
}
