import { Binding, Pod } from '../../api/kubernetes.js';
import { nameOf } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { ApiError, Conflict, Forbidden, NotFound } from '../../cluster/errors.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { type Duration, second } from '../../support/time.js';
import type { QueuedPod } from '../queue/scheduling-queue.js';

export type BindResult =
  /** The server has it. */
  | { readonly outcome: 'bound' }
  /** It is gone, another pod, on a node already, or was not bound: the informers show which. */
  | { readonly outcome: 'moot'; readonly message: string }
  /** The server surely did not bind it. */
  | { readonly outcome: 'refused'; readonly message: string; readonly retryAfter: Duration }
  /** It may be bound: the answer was lost. */
  | { readonly outcome: 'unknown'; readonly message: string };

/** Between attempts to read what became of a binding: doubling. */
const backOff = { base: second, max: 10 * second } as const;

/**
 * Binds a pod to a node and learns what became of it: `unknown` is the outcome only when `signal` is aborted before. `cluster`
 * is one whose reads are in the informers' caches when they resolve: where the pod is, they show then.
 */
export async function bindSurely(
  { cluster, clock }: { readonly cluster: Cluster; readonly clock: Clock },
  pod: QueuedPod,
  node: string,
  signal: AbortSignal,
): Promise<BindResult> {
  const result = await bind(cluster, pod, node, signal);
  if (result.outcome === 'bound' || result.outcome === 'refused') return result;
  const { message } = result;
  // a server that gave no answer may still be at it
  if (result.outcome === 'unknown') await pause(clock, 1, signal);
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      await cluster.get(Pod, nameOf(pod.pod), { signal });
      return { outcome: 'moot', message };
    } catch (error) {
      if (error instanceof NotFound || error instanceof Forbidden) return { outcome: 'moot', message };
      await pause(clock, attempt, signal);
    }
  }
  return { outcome: 'unknown', message };
}

/** Returns at once when `signal` is aborted. */
export const pause = (clock: Clock, attempt: number, signal: AbortSignal, least: Duration = 0): Promise<void> =>
  clock.sleep(Math.max(least, Math.min(backOff.max, backOff.base * 2 ** (attempt - 1))), signal).catch(() => undefined);

/** One write, which the server does for this very pod (by its uid) and once only. */
async function bind(cluster: Cluster, { pod }: QueuedPod, node: string, signal: AbortSignal): Promise<BindResult> {
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
