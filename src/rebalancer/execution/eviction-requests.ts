import { type EvictionRequest, evictionRequestOf } from '../../api/eviction-request.js';
import { Pod } from '../../api/kubernetes.js';
import { refOf } from '../../api/meta/resource.js';
import { annotations } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { Conflict, NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import { type Duration, type Instant, instantOf, timestamp } from '../../support/time.js';
import type { Move } from '../planning/plan.js';
import type { BegunMove } from '../planning/state.js';

/** As whom the rebalancer asks. */
export const requester = 'penstock.dev/rebalancer';

/** Asks the owner of a pod to put a replacement in its place. A pod that has gone meanwhile is left alone. */
export const requestEviction = (
  cluster: Cluster,
  { pod, to }: Move,
  reason: string,
  now: Instant,
  signal: AbortSignal,
): Promise<void> => {
  const request: EvictionRequest = { requester, requestedAt: timestamp(now), reason, node: to };
  return annotate(cluster, pod, JSON.stringify(request), signal);
};

/** Takes the request back: the pod stays. */
export const withdrawRequest = (cluster: Cluster, { metadata }: Pod, signal: AbortSignal): Promise<void> =>
  annotate(cluster, { key: `${metadata.namespace}/${metadata.name}`, uid: metadata.uid }, null, signal);

/** Requests of the rebalancer that nobody has fulfilled for so long. */
export const overdueRequests = (pods: Iterable<Pod>, patience: Duration, now: Instant): readonly Pod[] =>
  [...pods].filter((pod) => {
    const request = evictionRequestOf(pod);
    if (request?.requester !== requester || pod.metadata.deletionTimestamp !== undefined) return false;
    return now - (instantOf(request.requestedAt) ?? 0) >= patience;
  });

async function annotate(
  cluster: Cluster,
  { key, uid }: BegunMove['pod'],
  value: string | null,
  signal: AbortSignal,
): Promise<void> {
  const patch = mergePatch({ metadata: { uid, annotations: { [annotations.evictionRequest]: value } } });
  await cluster.patch(Pod, refOf(key), patch, { signal }).catch((error: unknown) => {
    if (!(error instanceof NotFound || error instanceof Conflict)) throw error;
  });
}
