import type { Node } from '../api/kubernetes.js';

/** Conditions by which administrators say that a node is about to be, or is being, emptied (Kubernetes 1.37). */
const leavingConditions: ReadonlySet<string> = new Set([
  'DrainInProgress',
  'Drained',
  'MaintenancePlanned',
  'MaintenanceInProgress',
  'GracefulNodeShutdownInProgress',
]);

/** Taints of those that take nodes away: the cluster autoscaler, Karpenter (both versions of its API), and who shuts nodes down. */
const leavingTaints: ReadonlySet<string> = new Set([
  'ToBeDeletedByClusterAutoscaler',
  'karpenter.sh/disrupted',
  'karpenter.sh/disruption',
  'node.kubernetes.io/out-of-service',
  'node.cloudprovider.kubernetes.io/shutdown',
]);

/**
 * Why the pods of a node will have to go, as that stands in the node (`cordoned`, a condition or a taint by its name); `undefined`:
 * nothing says so. Nothing is put there any more, and what is there is replaced ahead. A node that is only not ready is another matter.
 */
export function leavingReason({ spec, status }: Pick<Node, 'spec' | 'status'>): string | undefined {
  if (spec?.unschedulable) return 'cordoned';
  const condition = status?.conditions?.find(({ type, status: is }) => is === 'True' && leavingConditions.has(type));
  return condition?.type ?? spec?.taints?.find(({ key }) => leavingTaints.has(key))?.key;
}
