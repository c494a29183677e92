import { RowCache } from './row-cache.js';
import type { Snapshot } from './snapshot.js';

const byResource = new Map<string, RowCache<Float64Array>>();

/**
 * What the pods of each node may use at most of a resource, in its unit; a pod counts with its request where that is more, so also where
 * it has no limit. Brought up to date by the rows that have changed since it was asked for last: who does not ask pays nothing. The
 * array is not to be kept.
 */
export function limitsOf(nodes: Snapshot, resource: string): Float64Array {
  const cache = byResource.get(resource) ?? cacheOf(resource);
  byResource.set(resource, cache);
  return cache.of(nodes);
}

const cacheOf = (resource: string): RowCache<Float64Array> =>
  new RowCache<Float64Array>(
    (rows) => new Float64Array(rows),
    (nodes, row, limits) => {
      let total = 0;
      for (const { shape } of nodes.info(row)?.pods ?? [])
        total += Math.max(shape.limits[resource] ?? 0, shape.requests[resource] ?? 0);
      limits[row] = total;
    },
  );
