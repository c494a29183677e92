import type { Kind } from '../api/meta/kind.js';
import { nameOf, type Resource } from '../api/meta/resource.js';
import type { CallOptions, Cluster } from '../cluster/cluster.js';
import { NotFound } from '../cluster/errors.js';
import { statusPatch } from '../cluster/patch.js';

/**
 * Writes what a controller has to say of an object that it has read as `object`. One that is gone meanwhile needs no status:
 * its deletion is on the way to the controller. Returns the object as it is then. Throws Conflict when it was not the newest.
 */
export async function writeStatus<T extends Resource & { readonly status?: object }>(
  cluster: Cluster,
  kind: Kind<T>,
  object: T,
  status: NonNullable<T['status']>,
  options?: CallOptions,
): Promise<T | undefined> {
  try {
    return await cluster.patch(kind, nameOf(object), statusPatch(object, status), {
      ...options,
      subresource: 'status',
    });
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
