import { Binding } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import { ApiError, Conflict, NotFound } from '../../cluster/errors.js';
import { messageOf } from '../../support/errors.js';
import type { Duration } from '../../support/time.js';
import type { QueuedPod } from '../queue/scheduling-queue.js';

export type BindResult =
  /** The server has it. */
  | { readonly outcome: 'bound' }
  /** It is gone, another pod, or on a node already: the informers will tell. */
  | { readonly outcome: 'moot'; readonly message: string }
  /** The server surely did not bind it. */
  | { readonly outcome: 'refused'; readonly message: string; readonly retryAfter: Duration }
  /** It may be bound: the answer was lost. */
  | { readonly outcome: 'unknown'; readonly message: string };

/** Binds a pod to a node: one write, which the server does for this very pod (by its uid) and once only. */
export async function bind(
  cluster: Cluster,
  { pod }: QueuedPod,
  node: string,
  signal: AbortSignal,
): Promise<BindResult> {
  const { namespace, name, uid } = pod.metadata;
  const target = { apiVersion: 'v1', kind: 'Node', name: node };
  try {
    await cluster.create(
      Binding,
      { metadata: { ...(namespace !== undefined && { namespace }), name, uid }, target },
      { signal },
    );
    return { outcome: 'bound' };
  } catch (error) {
    const message = messageOf(error);
    if (error instanceof NotFound || error instanceof Conflict) return { outcome: 'moot', message };
    if (error instanceof ApiError && error.outcome === 'refused')
      return { outcome: 'refused', message, retryAfter: error.retryAfter ?? 0 };
    return { outcome: 'unknown', message };
  }
}
