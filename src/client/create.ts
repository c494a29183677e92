import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { apiVersionOf, type Kind } from '../api/meta/kind.js';
import type { Draft, Ref, Resource } from '../api/meta/resource.js';
import { AlreadyExists } from '../cluster/errors.js';
import { CodedError, exitCodes } from '../support/errors.js';
import type { ClientParts } from './parts.js';

/** The schemas of our kinds and the rules of pools: much code, which waits until something is created. */
export const checks = () => import('./checks.js');

type Parts = Pick<ClientParts, 'cluster' | 'signal'>;

/** Creates a pool. Throws CodedError INVALID with all that is wrong with it, before anything is sent; POOL_EXISTS. */
export async function createPool(parts: Parts, draft: Draft<ContainerPool>): Promise<ContainerPool> {
  const { check, containerPool } = await checks();
  check(containerPool, named(ContainerPool, draft));
  const made = await create(parts, ContainerPool, draft);
  if (!('taken' in made)) return made;
  const { name } = made.taken;
  const hint = `change it with kubectl edit containerpool ${name} or penstock pool scale, or choose another name`;
  throw new CodedError('POOL_EXISTS', `there is a pool ${name} already`, hint, exitCodes.conflict);
}

/**
 * Creates a claim. Nothing is sent before it is known to be valid, its pool to exist and to serve such claims.
 * Throws CodedError: INVALID with all that is wrong, POOL_NOT_FOUND, CLAIM_NOT_ALLOWED with the pool's reason,
 * CLAIM_EXISTS, IMMUTABLE where a claim of this name has another spec; and what the server refuses.
 */
export async function createClaim(parts: Parts, draft: Draft<ContainerClaim>): Promise<ContainerClaim> {
  const { claim, found } = await createOrFind(parts, draft);
  if (!found) return claim;
  const { name } = claim.metadata;
  const hint = `it asks for the same; see penstock claim describe ${name}`;
  throw new CodedError('CLAIM_EXISTS', `there is a claim ${name} already`, hint, exitCodes.conflict);
}

/**
 * The same, but a claim of this name that asks for the same is found instead: so a claim with a name can be asked for
 * again. One that is being deleted is not found any more, and its name not yet free: CLAIM_EXISTS.
 */
export async function createOrFind(
  parts: Parts,
  draft: Draft<ContainerClaim>,
): Promise<{ readonly claim: ContainerClaim; readonly found: boolean }> {
  const claim = named(ContainerClaim, draft);
  const { check, containerClaim, requireService } = await checks();
  check(containerClaim, claim);
  await requireService(parts, draft);
  const made = await create(parts, ContainerClaim, draft);
  if (!('taken' in made)) return { claim: made, found: false };
  const present = await parts.cluster.get(ContainerClaim, made.taken, parts.signal ? { signal: parts.signal } : {});
  check(containerClaim, claim, present);
  if (present.metadata.deletionTimestamp === undefined) return { claim: present, found: true };
  const message = `the claim ${made.taken.name} of before is still being deleted`;
  const hint = 'try again when its containers have gone, or choose another name';
  throw new CodedError('CLAIM_EXISTS', message, hint, exitCodes.conflict);
}

/** With its kind. */
export const named = <T extends Resource>(kind: Kind<T>, draft: Draft<T>) => ({
  ...draft,
  apiVersion: apiVersionOf(kind),
  kind: kind.name,
});

/** The object; or which one has its name. */
async function create<T extends Resource>(
  { cluster, signal }: Parts,
  kind: Kind<T>,
  draft: Draft<T>,
): Promise<T | { readonly taken: Ref }> {
  try {
    return await cluster.create(kind, draft, signal ? { signal } : {});
  } catch (error) {
    const { name, namespace } = draft.metadata;
    if (!(error instanceof AlreadyExists) || name === undefined) throw error;
    return { taken: namespace === undefined ? { name } : { name, namespace } };
  }
}
