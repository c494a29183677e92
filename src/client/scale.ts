import { ContainerPool } from '../api/container-pool.js';
import type { Ref } from '../api/meta/resource.js';
import { mergePatch } from '../cluster/patch.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { requirePool } from './lookup.js';
import type { ClientParts } from './parts.js';

/**
 * Changes how many containers a pool keeps ready. Returns how many it kept before. Throws CodedError POOL_NOT_FOUND, and
 * SIZED_FROM_DEMAND for a pool whose size is not its user's to say.
 */
export async function scalePool(
  parts: Pick<ClientParts, 'cluster' | 'signal'>,
  ref: Ref,
  replicas: number,
): Promise<number> {
  const { spec } = await requirePool(parts, ref);
  if (spec.autoscale) {
    const hint = 'change spec.autoscale.min and max, or take spec.autoscale out, with kubectl edit containerpool';
    throw new CodedError('SIZED_FROM_DEMAND', `pool ${ref.name} sizes itself from demand`, hint, exitCodes.invalid);
  }
  const options = parts.signal ? { signal: parts.signal } : {};
  await parts.cluster.patch(ContainerPool, ref, mergePatch({ spec: { replicas } }), options);
  return spec.replicas;
}
