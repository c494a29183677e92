import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster, Query, WatchEvent } from '../../src/cluster/cluster.js';

type Change<T> = Exclude<WatchEvent<T>, { readonly type: 'BOOKMARK' }>;

/** What is there already, as ADDED, and every change after it, until the signal is aborted. Watches that end go on. */
export async function follow<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  query: Query,
  onChange: (change: Change<T>) => void,
  signal?: AbortSignal,
): Promise<void> {
  const { items, resourceVersion } = await cluster.list(kind, query);
  for (const object of items) onChange({ type: 'ADDED', object });
  void watchOn(resourceVersion);

  async function watchOn(since: string): Promise<void> {
    for (let mark = since; !signal?.aborted; ) {
      try {
        for await (const event of cluster.watch(kind, { ...query, since: mark }, { signal })) {
          mark = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
          if (event.type !== 'BOOKMARK') onChange(event);
        }
      } catch (error) {
        if (!signal?.aborted) throw error;
      }
    }
  }
}
