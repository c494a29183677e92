/** A cluster on which bindings go otherwise than they should. */
import type { Cluster } from '../../src/cluster/cluster.js';
import { wrapped } from '../wrapped-cluster.js';

/** `bind` decides what becomes of the binding of a pod: it may refuse it, let it wait, or have it done by `proceed`. */
export function interceptBindings(
  cluster: Cluster,
  bind: <T>(pod: string, proceed: () => Promise<T>) => Promise<T>,
): Cluster {
  return wrapped(cluster, {
    create: (kind, object, options) =>
      kind.name === 'Binding'
        ? bind(object.metadata.name ?? '', () => cluster.create(kind, object, options))
        : cluster.create(kind, object, options),
  });
}
