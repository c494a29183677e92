/** A cluster on which bindings go otherwise than they should. */
import type { Cluster } from '../../src/cluster/cluster.js';

/** `bind` decides what becomes of the binding of a pod: it may refuse it, let it wait, or have it done by `proceed`. */
export function interceptBindings(
  cluster: Cluster,
  bind: <T>(pod: string, proceed: () => Promise<T>) => Promise<T>,
): Cluster {
  return {
    get: (kind, ref, options) => cluster.get(kind, ref, options),
    list: (kind, query, options) => cluster.list(kind, query, options),
    watch: (kind, query, options) => cluster.watch(kind, query, options),
    replace: (kind, object, options) => cluster.replace(kind, object, options),
    patch: (kind, ref, patch, options) => cluster.patch(kind, ref, patch, options),
    remove: (kind, ref, options) => cluster.remove(kind, ref, options),
    create: (kind, object, options) =>
      kind.name === 'Binding'
        ? bind(object.metadata.name ?? '', () => cluster.create(kind, object, options))
        : cluster.create(kind, object, options),
  };
}
