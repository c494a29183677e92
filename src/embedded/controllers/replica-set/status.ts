import { isDeepStrictEqual } from 'node:util';
import type { Pod, ReplicaSet } from '../../../api/kubernetes.js';
import { type Instant, timestamp } from '../../../support/time.js';
import { availableAt, isActive } from '../../pod-readiness.js';

type Status = NonNullable<ReplicaSet['status']>;

/** What went wrong while pods were made or deleted, as the condition ReplicaFailure says it. */
export interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

export interface Finding {
  readonly status: Status;
  /** When the next of the pods that are Ready will count as available. */
  readonly next: Instant | undefined;
}

/** The status of a ReplicaSet that owns `pods`. One look at each: there may be ten thousand. */
export function statusOf(set: ReplicaSet, pods: Iterable<Pod>, failure: Failure | undefined, now: Instant): Finding {
  const expected = Object.entries(set.spec?.template?.metadata?.labels ?? {});
  const minReady = set.spec?.minReadySeconds;
  const counts = { replicas: 0, fullyLabeledReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
  let next = Number.POSITIVE_INFINITY;
  for (const pod of pods) {
    if (!isActive(pod)) continue;
    const { labels } = pod.metadata;
    counts.replicas++;
    if (expected.every(([key, value]) => labels?.[key] === value)) counts.fullyLabeledReplicas++;
    const available = availableAt(pod, minReady);
    if (available === undefined) continue;
    counts.readyReplicas++;
    if (available <= now) counts.availableReplicas++;
    else next = Math.min(next, available);
  }
  const conditions = conditionsOf(set, failure, now);
  const observedGeneration = set.metadata.generation ?? 0;
  const status = { ...counts, observedGeneration, ...(conditions.length > 0 ? { conditions } : {}) };
  return { status, next: Number.isFinite(next) ? next : undefined };
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
