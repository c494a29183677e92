/** What was read of a cluster, or why it could not be: who examines one may have few rights. */
import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Cluster, Query } from '../../cluster/cluster.js';
import { Forbidden, NotFound } from '../../cluster/errors.js';

export type Sight<T> = { readonly seen: T } | { readonly hidden: string };

export const isSeen = <T>(sight: Sight<T>): sight is { readonly seen: T } => 'seen' in sight;

/** What was seen, else `otherwise`. */
export const seenOr = <T>(sight: Sight<T>, otherwise: T): T => (isSeen(sight) ? sight.seen : otherwise);

/** Hides only what the server does not let the asker see; all else that goes wrong is thrown. */
export async function look<T>(read: () => Promise<T>): Promise<Sight<T>> {
  try {
    return { seen: await read() };
  } catch (error) {
    if (error instanceof Forbidden) return { hidden: error.message };
    throw error;
  }
}

const page = 500;

/** All objects of a kind, page by page; none where the cluster does not have the kind. */
export async function all<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  query: Query = {},
): Promise<readonly T[]> {
  const found: T[] = [];
  let next: string | undefined;
  do {
    try {
      const some = await cluster.list(kind, { ...query, limit: page, ...(next ? { continue: next } : {}) });
      found.push(...some.items);
      next = some.continue;
    } catch (error) {
      if (error instanceof NotFound) return found;
      throw error;
    }
  } while (next);
  return found;
}
