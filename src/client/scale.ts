import { ContainerPool } from '../api/container-pool.js';
import type { Ref } from '../api/meta/resource.js';
import { mergePatch } from '../cluster/patch.js';
import { requirePool } from './lookup.js';
import type { ClientParts } from './parts.js';

/** Changes how many containers a pool keeps ready. Returns how many it kept before. Throws POOL_NOT_FOUND. */
export async function scalePool(
  parts: Pick<ClientParts, 'cluster' | 'signal'>,
  ref: Ref,
  replicas: number,
): Promise<number> {
  const { spec } = await requirePool(parts, ref);
  const options = parts.signal ? { signal: parts.signal } : {};
  await parts.cluster.patch(ContainerPool, ref, mergePatch({ spec: { replicas } }), options);
  return spec.replicas;
}
