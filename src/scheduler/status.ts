import { Pod, type PodCondition } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict, isOutdated } from '../cluster/errors.js';
import { mergePatch } from '../cluster/patch.js';
import { type Instant, timestamp } from '../support/time.js';

/** Why a pod has no node, in its condition `PodScheduled`. */
export interface Unscheduled {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
  /** The node on which room is being made for it; absent: none, and it is nominated no more. */
  readonly nominatedNode?: string | undefined;
}

/** Whether the status says this already. */
export function isReported(pod: Pod, { reason, message, nominatedNode }: Unscheduled): boolean {
  const known = scheduledOf(pod);
  const isSaid = known?.status === 'False' && known.reason === reason && known.message === message;
  return isSaid && (pod.status?.nominatedNodeName || undefined) === nominatedNode;
}

/** Writes it. False for a pod that has changed or gone meanwhile, which is left alone. */
export async function reportUnscheduled(
  cluster: Cluster,
  pod: Pod,
  { reason, message, nominatedNode }: Unscheduled,
  now: Instant,
  signal: AbortSignal,
): Promise<boolean> {
  const { resourceVersion } = pod.metadata;
  const before = scheduledOf(pod);
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : timestamp(now);
  const condition = { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime };
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? [];
  const isNominated = (pod.status?.nominatedNodeName || undefined) !== nominatedNode;
  const nomination = isNominated ? { nominatedNodeName: nominatedNode ?? null } : {};
  // the whole list is written: the resourceVersion sees to it that nobody else's condition is lost
  const status = { conditions: [...others, condition], ...nomination };
  return patchStatus(cluster, pod, { metadata: { resourceVersion }, status }, signal);
}

/** Writes for which node a pod is nominated. One that has changed or gone meanwhile is left alone. */
export async function nominate(cluster: Cluster, pod: Pod, node: string, signal: AbortSignal): Promise<void> {
  const { resourceVersion } = pod.metadata;
  // one that is bound meanwhile is not to be nominated any more
  await patchStatus(cluster, pod, { metadata: { resourceVersion }, status: { nominatedNodeName: node } }, signal);
}

/** Writes that a pod is nominated for no node. */
export async function withdrawNomination(cluster: Cluster, pod: Pod, signal: AbortSignal): Promise<void> {
  const { uid } = pod.metadata;
  await patchStatus(cluster, pod, { metadata: { uid }, status: { nominatedNodeName: null } }, signal);
}

async function patchStatus(cluster: Cluster, pod: Pod, patch: object, signal: AbortSignal): Promise<boolean> {
  try {
    await cluster.patch(Pod, nameOf(pod), mergePatch(patch), { subresource: 'status', signal });
    return true;
  } catch (error) {
    if (!(error instanceof Conflict || isOutdated(error))) throw error;
    return false;
  }
}

const scheduledOf = (pod: Pod): PodCondition | undefined =>
  pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
