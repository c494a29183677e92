import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { containerClaim, containerPool } from '../api/definitions.js';
import type { Definition } from '../api/definition.js';
import { apiVersionOf, type Kind } from '../api/meta/kind.js';
import type { Draft, Resource } from '../api/meta/resource.js';
import { validate } from '../api/validation.js';
import { AlreadyExists } from '../cluster/errors.js';
import { objectionTo } from '../claims/index.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { requirePool } from './lookup.js';
import type { ClientParts } from './parts.js';

type Parts = Pick<ClientParts, 'cluster' | 'signal'>;

/** Creates a pool. Throws CodedError INVALID with all that is wrong with it, before anything is sent; POOL_EXISTS. */
export async function createPool(parts: Parts, draft: Draft<ContainerPool>): Promise<ContainerPool> {
  check(containerPool, named(ContainerPool, draft));
  return create(parts, ContainerPool, draft, async ({ name }) => {
    const hint = `change it with kubectl edit containerpool ${name} or penstock pool scale, or choose another name`;
    return new CodedError('POOL_EXISTS', `there is a pool ${name} already`, hint, exitCodes.conflict);
  });
}

/**
 * Creates a claim. Nothing is sent before it is known to be valid, its pool to exist and to serve such claims.
 * Throws CodedError: INVALID with all that is wrong, POOL_NOT_FOUND, CLAIM_NOT_ALLOWED with the pool's reason,
 * CLAIM_EXISTS, IMMUTABLE where a claim of this name has another spec; and what the server refuses.
 */
export async function createClaim(parts: Parts, draft: Draft<ContainerClaim>): Promise<ContainerClaim> {
  const claim = named(ContainerClaim, draft);
  check(containerClaim, claim);
  const { namespace } = draft.metadata;
  const pool = await requirePool(parts, {
    name: draft.spec.pool.name,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const objection = objectionTo(draft, pool);
  if (objection !== undefined) {
    const hint = `change the claim or the pool: penstock pool describe ${pool.metadata.name}`;
    const message = `pool ${pool.metadata.name} does not serve such a claim: ${objection}`;
    throw new CodedError('CLAIM_NOT_ALLOWED', message, hint, exitCodes.invalid);
  }
  return create(parts, ContainerClaim, draft, async (ref) => {
    const present = await parts.cluster.get(ContainerClaim, ref);
    check(containerClaim, claim, present);
    const hint = `it asks for the same; see penstock claim describe ${ref.name}`;
    return new CodedError('CLAIM_EXISTS', `there is a claim ${ref.name} already`, hint, exitCodes.conflict);
  });
}

const named = <T extends Resource>(kind: Kind<T>, draft: Draft<T>) => ({
  ...draft,
  apiVersion: apiVersionOf(kind),
  kind: kind.name,
});

async function create<T extends Resource>(
  { cluster, signal }: Parts,
  kind: Kind<T>,
  draft: Draft<T>,
  existing: (ref: { readonly namespace?: string; readonly name: string }) => Promise<CodedError>,
): Promise<T> {
  try {
    return await cluster.create(kind, draft, signal ? { signal } : {});
  } catch (error) {
    const { name, namespace } = draft.metadata;
    if (!(error instanceof AlreadyExists) || name === undefined) throw error;
    throw await existing(namespace === undefined ? { name } : { name, namespace });
  }
}

/** Throws when the object is not valid, or may not follow `old`. */
function check(definition: Definition, object: object, old?: object): void {
  const causes = validate(definition, object, old);
  if (causes.length === 0) return;
  const message = causes.map(({ field, message }) => (field ? `${field} ${message}` : message)).join('; ');
  const changed = old !== undefined;
  const what = `the ${definition.kind.name}${changed ? ' exists already with another spec' : ' is not valid'}`;
  throw new CodedError(
    changed ? 'IMMUTABLE' : 'INVALID',
    `${what}: ${message}`,
    undefined,
    changed ? exitCodes.conflict : exitCodes.invalid,
  );
}
