import { Eviction } from '../../api/kubernetes.js';
import { refOf } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Conflict, NotFound, TooManyRequests } from '../../cluster/errors.js';
import type { Move } from '../planning/plan.js';

/** `refused`: a disruption budget does not allow it now. `gone`: the pod was not there any more. */
export type EvictionOutcome = 'evicted' | 'refused' | 'gone';

/** Responds for pods that nobody else responds for: by the Eviction API, as far as disruption budgets allow. */
export async function evict(cluster: Cluster, { pod }: Move, signal: AbortSignal): Promise<EvictionOutcome> {
  const metadata = refOf(pod.key);
  try {
    await cluster.create(Eviction, { metadata, deleteOptions: { preconditions: { uid: pod.uid } } }, { signal });
    return 'evicted';
  } catch (error) {
    if (error instanceof NotFound || error instanceof Conflict) return 'gone';
    if (error instanceof TooManyRequests) return 'refused';
    throw error;
  }
}
