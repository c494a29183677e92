import { Pod } from '../api/kubernetes.js';
import type { Metadata } from '../api/meta/metadata.js';
import { labels } from '../api/names.js';
import { claimUidOf, indexOf, isOver, isTerminating } from '../line/index.js';
import type { ClientParts } from './parts.js';

/** The containers that a claim has now, by their number within the claim. */
export async function containersOf(
  { cluster, signal }: Pick<ClientParts, 'cluster' | 'signal'>,
  { metadata }: { readonly metadata: Pick<Metadata, 'name' | 'namespace' | 'uid'> },
): Promise<readonly Pod[]> {
  const query = {
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    labels: `${labels.claim}=${metadata.name}`,
  };
  const { items } = await cluster.list(Pod, query, signal ? { signal } : {});
  return items
    .filter((pod) => claimUidOf(pod) === metadata.uid && !isTerminating(pod) && !isOver(pod))
    .sort((a, b) => (indexOf(a) ?? 0) - (indexOf(b) ?? 0));
}
