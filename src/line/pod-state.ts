/** What a pod's own fields say about where it stands on the line. Pure readings; the pods are the ledger. */
import type { Pod } from '../api/kubernetes.js';
import { annotations, labels, states } from '../api/names.js';
import { type Instant, instantOf } from '../support/time.js';

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

/** Whether its containers have ended for good. */
export function isOver(pod: Pod): boolean {
  return pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function isStocked(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.stocked;
}

export function isDelivered(pod: Pod): boolean {
  return pod.metadata.labels?.[labels.state] === states.delivered;
}

/** In stock and fit to be delivered now. */
export function isDeliverable(pod: Pod): boolean {
  return isStocked(pod) && isReady(pod) && !isTerminating(pod) && !isOver(pod);
}

/** The pool that made it: a key, as pods never change namespace. */
export function poolKeyOf(pod: Pod): string | undefined {
  const pool = pod.metadata.labels?.[labels.pool];
  return pool === undefined ? undefined : `${pod.metadata.namespace}/${pool}`;
}

export function claimKeyOf(pod: Pod): string | undefined {
  const claim = pod.metadata.labels?.[labels.claim];
  return claim === undefined ? undefined : `${pod.metadata.namespace}/${claim}`;
}

export function claimUidOf(pod: Pod): string | undefined {
  return pod.metadata.annotations?.[annotations.claimUid];
}

/** Its number within its claim; `undefined` when it has none that can be read. */
export function indexOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[annotations.index];
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? Number(text) : undefined;
}

export function termOf(pod: Pod): number {
  return Number(pod.metadata.annotations?.[annotations.term] ?? 0) || 0;
}

/** When the kubelet accepted it; its active deadline counts from here. */
export function startedAt(pod: Pod): Instant | undefined {
  return instantOf(pod.status?.startTime);
}

const reasonsOfFailure: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** Why its containers cannot start, in the kubelet's words; `undefined` while nothing speaks against it. */
export function failureOf(pod: Pod): string | undefined {
  const { status } = pod;
  if (isOver(pod)) return [status?.reason ?? status?.phase, status?.message].filter(Boolean).join(': ');
  for (const { name, state } of [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])]) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && reasonsOfFailure.has(reason)) {
      return `container ${name}: ${[reason, state?.waiting?.message].filter(Boolean).join(': ')}`;
    }
  }
  return undefined;
}
