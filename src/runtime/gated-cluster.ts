import type { CallOptions, Cluster } from '../cluster/cluster.js';

/** A write that was to begin when this replica leads no more. */
export class NotLeading extends Error {
  override readonly name = 'NotLeading';
}

/** The same cluster, except that no write begins while `mayWrite` throws, or after its own signal was aborted. */
export function gatedCluster(cluster: Cluster, mayWrite: () => void): Cluster {
  const check = (options: CallOptions | undefined) => {
    options?.signal?.throwIfAborted();
    mayWrite();
  };
  return {
    get: (kind, ref, options) => cluster.get(kind, ref, options),
    list: (kind, query, options) => cluster.list(kind, query, options),
    watch: (kind, query, options) => cluster.watch(kind, query, options),
    create: async (kind, object, options) => {
      check(options);
      return cluster.create(kind, object, options);
    },
    replace: async (kind, object, options) => {
      check(options);
      return cluster.replace(kind, object, options);
    },
    patch: async (kind, ref, patch, options) => {
      check(options);
      return cluster.patch(kind, ref, patch, options);
    },
    remove: async (kind, ref, options) => {
      check(options);
      return cluster.remove(kind, ref, options);
    },
  };
}
