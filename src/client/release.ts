import { ContainerClaim } from '../api/container-claim.js';
import type { Ref } from '../api/meta/resource.js';
import { Conflict, NotFound } from '../cluster/errors.js';
import type { ClientParts } from './parts.js';
import { persistently } from './persist.js';

/**
 * Deletes a claim, and with it its containers (those that serve their tenant again go back to their pool). One that has
 * gone already is no error; with `uid`, neither is another one that has its name since, and that one stays. A lost answer is
 * asked for again.
 */
export async function releaseClaim(
  parts: ClientParts,
  { uid, ...ref }: Ref & { readonly uid?: string },
): Promise<void> {
  const { cluster, signal } = parts;
  const options = { ...(signal && { signal }), ...(uid !== undefined && { preconditions: { uid } }) };
  try {
    await persistently(parts, () => cluster.remove(ContainerClaim, ref, options));
  } catch (error) {
    if (error instanceof NotFound || (uid !== undefined && error instanceof Conflict)) return;
    throw error;
  }
}
