import type { Metadata } from '../api/meta/metadata.js';
import type { Resource } from '../api/meta/resource.js';

/** What `kubectl apply` notes is a whole copy of the object. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The object without what servers and clients note of who wrote which field: a third of a pod, and no decision depends on it.
 * A `replace` that leaves out `managedFields` keeps those that the server has; one of an object that was applied must not be made from this.
 */
export function withoutBookkeeping<T extends Resource>(object: T): T {
  const { managedFields, annotations } = object.metadata;
  if (managedFields === undefined && annotations?.[lastApplied] === undefined) return object;
  return { ...object, metadata: withoutIn(object.metadata) };
}

function withoutIn({ managedFields: _managedFields, annotations, ...metadata }: Metadata): Metadata {
  if (annotations === undefined) return metadata;
  const { [lastApplied]: _lastApplied, ...kept } = annotations;
  return { ...metadata, annotations: kept };
}
