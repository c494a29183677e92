import { Eviction } from '../../api/kubernetes.js';
import { refOf } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Conflict, NotFound, TooManyRequests } from '../../cluster/errors.js';
import type { Move } from '../planning/plan.js';

/** `refused`: a disruption budget does not allow it now. `gone`: the pod was not there any more, or not as it was when that was decided. */
export type EvictionOutcome = 'evicted' | 'refused' | 'gone';

/**
 * Responds for pods that nobody else responds for: by the Eviction API, as far as disruption budgets allow. A pod that has changed since
 * that was decided stays: a container of the stock may have been delivered, and is to be replaced first now.
 */
export async function evict(
  cluster: Cluster,
  { pod }: Pick<Move, 'pod'>,
  signal: AbortSignal,
): Promise<EvictionOutcome> {
  const metadata = refOf(pod.key);
  const { uid, resourceVersion } = pod;
  try {
    await cluster.create(
      Eviction,
      { metadata, deleteOptions: { preconditions: { uid, resourceVersion } } },
      { signal },
    );
    return 'evicted';
  } catch (error) {
    if (error instanceof NotFound || error instanceof Conflict) return 'gone';
    if (error instanceof TooManyRequests) return 'refused';
    throw error;
  }
}
