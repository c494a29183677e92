import type { Pod } from '../../../api/kubernetes.js';
import { type Instant, instantOf } from '../../../support/time.js';
import { readySince } from '../../pod-readiness.js';

const phases: readonly string[] = ['Pending', 'Unknown', 'Running'];
const phaseOf = (pod: Pod): number => phases.indexOf(pod.status?.phase ?? 'Pending');
const costOf = (pod: Pod): number => {
  const cost = pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? '0';
  return /^[-+]?[0-9]+$/.test(cost) ? Number(cost) : 0;
};
const restartsOf = (pod: Pod): number =>
  Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));

/** How long ago, in doublings of a nanosecond: of pods of about the same age, none is preferred. */
const logAge = (since: Instant, now: Instant): number =>
  now > since ? Math.trunc(Math.log2((now - since) * 1e6)) : -1;

/**
 * The pods of a ReplicaSet in the order in which a surplus is deleted: `ActivePodsWithRanks` of
 * k8s.io/kubernetes/pkg/controller. `doubled`: how many pods of the same workload are on a pod's node.
 */
export function inDeletionOrder(pods: readonly Pod[], doubled: (pod: Pod) => number, now: Instant): readonly Pod[] {
  return pods.toSorted((a, b) => compare(a, b, doubled, now));
}

function compare(a: Pod, b: Pod, doubled: (pod: Pod) => number, now: Instant): number {
  const assigned = Number(Boolean(a.spec?.nodeName)) - Number(Boolean(b.spec?.nodeName));
  const [readyA, readyB] = [readySince(a), readySince(b)];
  const before =
    assigned ||
    phaseOf(a) - phaseOf(b) ||
    Number(readyA !== undefined) - Number(readyB !== undefined) ||
    costOf(a) - costOf(b) ||
    doubled(b) - doubled(a);
  if (before) return before;
  if (readyA !== undefined && readyB !== undefined && readyA !== readyB)
    return logAge(readyA, now) - logAge(readyB, now) || byUid(a, b);
  const restarts = restartsOf(b) - restartsOf(a);
  if (restarts) return restarts;
  const [bornA, bornB] = [instantOf(a.metadata.creationTimestamp) ?? 0, instantOf(b.metadata.creationTimestamp) ?? 0];
  return logAge(bornA, now) - logAge(bornB, now) || byUid(a, b);
}

function byUid(a: Pod, b: Pod): number {
  if (a.metadata.uid === b.metadata.uid) return 0;
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}
