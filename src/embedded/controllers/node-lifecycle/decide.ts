import type { Lease, Node, Pod } from '../../../api/kubernetes.js';
import { type Duration, type Instant, instantOf, minute, second, timestamp } from '../../../support/time.js';
import { type Taint, tolerationOf } from '../../../scheduling/taints.js';
import { isActive, readySince } from '../../pod-readiness.js';

/** A node that has not renewed its Lease for so long is not heard of. */
const leaseGrace: Duration = 40 * second;
/** How long pods that say nothing about it stay bound to such a node, as the API server's defaults have it. */
const defaultToleration: Duration = 5 * minute;
/** How long pods outlive their node's object: it may only be registering anew. */
const quarantine: Duration = 40 * second;

type NodeTaint = NonNullable<NonNullable<Node['spec']>['taints']>[number];
type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

export const unreachable = 'node.kubernetes.io/unreachable';

export interface NodePlan {
  /** The conditions and taints that the node should have; absent where they stay. */
  readonly conditions?: readonly NodeCondition[];
  readonly taints?: readonly NodeTaint[];
  /** Pods to be marked as not Ready. */
  readonly unready: readonly Pod[];
  /** Pods that have tolerated it for long enough. */
  readonly evict: readonly Pod[];
  /** When to look again. */
  readonly next: Instant;
}

/** Since when a node has been silent for too long; in the future while it is not. */
function silentAt(node: Node, lease: Lease | undefined): Instant {
  const born = instantOf(node.metadata.creationTimestamp) ?? 0;
  return Math.max(born, instantOf(lease?.spec?.renewTime) ?? 0) + leaseGrace;
}

/**
 * What becomes of a node and its pods. Simpler than kube-controller-manager: one taint for a node that is silent, none
 * for one that says it is not ready, no zones and no limit on how many nodes' pods are evicted at once.
 */
export function decideNode(node: Node, lease: Lease | undefined, pods: readonly Pod[], now: Instant): NodePlan {
  const deadAt = silentAt(node, lease);
  const taints = node.spec?.taints ?? [];
  const others = taints.filter(({ key }) => key !== unreachable);
  if (deadAt > now) {
    const cleared = others.length < taints.length ? { taints: others } : {};
    return { ...cleared, unready: [], evict: [], next: deadAt };
  }
  const since = taints.find(({ key, effect }) => key === unreachable && effect === 'NoExecute')?.timeAdded;
  const added = since ?? timestamp(now);
  const wanted: readonly NodeTaint[] = [
    { key: unreachable, effect: 'NoSchedule', timeAdded: added },
    { key: unreachable, effect: 'NoExecute', timeAdded: added },
  ];
  const unknown = node.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'Unknown';
  const evictions = pods.filter(isActive).map((pod) => ({ pod, at: evictedAt(pod, instantOf(added) ?? now) }));
  return {
    ...(unknown ? {} : { conditions: unknownConditions(node, now) }),
    ...(since === undefined ? { taints: [...others, ...wanted] } : {}),
    unready: pods.filter((pod) => readySince(pod) !== undefined),
    evict: evictions.filter(({ at }) => at <= now).map(({ pod }) => pod),
    next: Math.min(now + leaseGrace, ...evictions.map(({ at }) => at).filter((at) => at > now)),
  };
}

/** When a pod has to leave: after the least of its tolerations of the taint, never when one has no end. */
function evictedAt(pod: Pod, since: Instant): Instant {
  const taint: Taint = { key: unreachable, effect: 'NoExecute' };
  const toleration = tolerationOf(pod.spec?.tolerations ?? [], taint);
  if (!toleration) return since + defaultToleration;
  if (toleration.tolerationSeconds === undefined) return Number.POSITIVE_INFINITY;
  return since + Math.max(0, toleration.tolerationSeconds) * second;
}

function unknownConditions(node: Node, now: Instant): readonly NodeCondition[] {
  const known = node.status?.conditions ?? [];
  const ready: NodeCondition = known.find(({ type }) => type === 'Ready') ?? { type: 'Ready', status: 'Unknown' };
  const others = known.filter(({ type }) => type !== 'Ready');
  return [...others, ready].map((condition) => ({
    ...condition,
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
    lastTransitionTime: timestamp(now),
  }));
}

/** When the pods of a node whose object is gone are deleted. */
export const collectedAt = (goneSince: Instant): Instant => goneSince + quarantine;
