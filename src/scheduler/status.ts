import { Pod, type PodCondition } from '../api/kubernetes.js';
import { nameOf } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict, NotFound } from '../cluster/errors.js';
import { mergePatch } from '../cluster/patch.js';
import { type Instant, timestamp } from '../support/time.js';

/** Why a pod has no node, in its condition `PodScheduled`. */
export interface Unscheduled {
  readonly reason: 'Unschedulable' | 'SchedulerError';
  readonly message: string;
}

/** Whether the condition says this already. */
export function isReported(pod: Pod, { reason, message }: Unscheduled): boolean {
  const known = scheduledOf(pod);
  return known?.status === 'False' && known.reason === reason && known.message === message;
}

/** Writes the condition. A pod that has changed or gone meanwhile is left alone: it is looked at again. */
export async function reportUnscheduled(
  cluster: Cluster,
  pod: Pod,
  { reason, message }: Unscheduled,
  now: Instant,
  signal: AbortSignal,
): Promise<void> {
  const { resourceVersion } = pod.metadata;
  const before = scheduledOf(pod);
  const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : timestamp(now);
  const condition = { type: 'PodScheduled', status: 'False', reason, message, lastTransitionTime };
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'PodScheduled') ?? [];
  // the whole list is written: the resourceVersion sees to it that nobody else's condition is lost
  const patch = mergePatch({ metadata: { resourceVersion }, status: { conditions: [...others, condition] } });
  try {
    await cluster.patch(Pod, nameOf(pod), patch, { subresource: 'status', signal });
  } catch (error) {
    if (!(error instanceof NotFound || error instanceof Conflict)) throw error;
  }
}

const scheduledOf = (pod: Pod): PodCondition | undefined =>
  pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
