import type { Cluster } from '../src/cluster/cluster.js';

/** A cluster of which some calls do something else. */
export const wrapped = (cluster: Cluster, other: Partial<Cluster>): Cluster => ({
  get: (kind, ref, options) => cluster.get(kind, ref, options),
  list: (kind, query, options) => cluster.list(kind, query, options),
  watch: (kind, query, options) => cluster.watch(kind, query, options),
  create: (kind, object, options) => cluster.create(kind, object, options),
  replace: (kind, object, options) => cluster.replace(kind, object, options),
  patch: (kind, ref, patch, options) => cluster.patch(kind, ref, patch, options),
  remove: (kind, ref, options) => cluster.remove(kind, ref, options),
  ...other,
});
