import type { Kind } from '../api/meta/kind.js';
import { nameOf, type Resource } from '../api/meta/resource.js';
import type { CallOptions, Cluster } from '../cluster/cluster.js';
import { mergePatch } from '../cluster/patch.js';

/**
 * Makes sure that the object stays until `removeFinalizer`. Returns the object as it is then; without a write when the
 * finalizer is there already. Throws Conflict when the object is not the newest, Forbidden when it is being deleted.
 */
export function addFinalizer<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  object: T,
  finalizer: string,
  options?: CallOptions,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return Promise.resolve(object);
  return write(cluster, kind, object, [...finalizers, finalizer], options);
}

/** Lets go of the object; where this was the last finalizer of one that is being deleted, it ends. Throws Conflict, NotFound. */
export function removeFinalizer<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  object: T,
  finalizer: string,
  options?: CallOptions,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  if (!finalizers.includes(finalizer)) return Promise.resolve(object);
  const others = finalizers.filter((name) => name !== finalizer);
  return write(cluster, kind, object, others, options);
}

/** A merge patch replaces the whole list, so it names the version that the list was read from. */
function write<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  object: T,
  finalizers: readonly string[],
  options: CallOptions | undefined,
): Promise<T> {
  const { resourceVersion } = object.metadata;
  const patch = mergePatch({ metadata: { resourceVersion, finalizers } });
  return cluster.patch(kind, nameOf(object), patch, options);
}
