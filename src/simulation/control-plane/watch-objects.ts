import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Cluster, Query, WatchEvent } from '../../cluster/cluster.js';

export type Change<T> = Exclude<WatchEvent<T>, { readonly type: 'BOOKMARK' }>;

/**
 * What is there, as ADDED, and every change after it, until the signal is aborted. A watch that ends is opened again from where it was.
 * @throws what the cluster answers, such as Expired: what was missed would be missing in what is counted
 */
export async function watchObjects<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  query: Query,
  signal: AbortSignal,
  onChange: (change: Change<T>) => void,
): Promise<void> {
  const { items, resourceVersion } = await cluster.list(kind, query);
  for (const object of items) onChange({ type: 'ADDED', object });
  try {
    for (let since = resourceVersion; !signal.aborted; )
      for await (const event of cluster.watch(kind, { ...query, since }, { signal })) {
        since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
        if (event.type !== 'BOOKMARK') onChange(event);
      }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
