import { ContainerClaim } from '../api/container-claim.js';
import { ContainerMigration } from '../api/container-migration.js';
import { ContainerPool } from '../api/container-pool.js';
import type { Kind } from '../api/meta/kind.js';
import type { Ref, Resource } from '../api/meta/resource.js';
import { nearest } from '../api/schema/suggestion.js';
import { ApiError, Forbidden, NotFound } from '../cluster/errors.js';
import { CodedError, exitCodes } from '../support/errors.js';
import type { ClientParts } from './parts.js';

type Parts = Pick<ClientParts, 'cluster' | 'signal'>;

/** Names that a message lists; more than that is no help. */
const mostNamed = 10;

/** The pool. Throws CodedError POOL_NOT_FOUND, which says what pools there are and whether another namespace has one. */
export const requirePool = (parts: Parts, ref: Ref): Promise<ContainerPool> =>
  required(parts, ContainerPool, ref, {
    noun: 'pool',
    make: 'penstock pool create',
    elsewhere: 'pods never change namespace, so a pool serves only claims of its own',
  });

/** The claim. Throws CodedError CLAIM_NOT_FOUND, likewise. */
export const requireClaim = (parts: Parts, ref: Ref): Promise<ContainerClaim> =>
  required(parts, ContainerClaim, ref, { noun: 'claim', make: 'penstock claim create', elsewhere: 'look there' });

/** The migration. Throws CodedError MIGRATION_NOT_FOUND, likewise. */
export const requireMigration = (parts: Parts, ref: Ref): Promise<ContainerMigration> =>
  required(parts, ContainerMigration, ref, { noun: 'migration', make: 'penstock migrate', elsewhere: 'look there' });

interface Words {
  readonly noun: string;
  readonly make: string;
  /** What it means that another namespace has one of this name. */
  readonly elsewhere: string;
}

async function required<T extends Resource>({ cluster, signal }: Parts, kind: Kind<T>, ref: Ref, words: Words) {
  const options = signal ? { signal } : {};
  try {
    return await cluster.get(kind, ref, options);
  } catch (error) {
    // a server without the kind says NotFound too, and is explained as such where errors are shown
    if (!(error instanceof NotFound) || !error.message.includes(`"${ref.name}"`)) throw error;
    const own = ref.namespace === undefined ? {} : { namespace: ref.namespace };
    const { items } = await cluster
      .list(kind, {}, options)
      .catch((refusal: unknown) =>
        refusal instanceof Forbidden ? cluster.list(kind, own, options) : Promise.reject(refusal),
      )
      .catch((failure: unknown) => {
        if (failure instanceof ApiError) return { items: [] };
        throw failure;
      });
    throw notFound(ref, items, words);
  }
}

function notFound(
  { name, namespace = '' }: Ref,
  objects: readonly Pick<Resource, 'metadata'>[],
  { noun, make, elsewhere }: Words,
): CodedError {
  const here = objects.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
  const places = objects.filter(({ metadata }) => metadata.name === name).map(({ metadata }) => metadata.namespace);
  const [place] = places;
  const missing = `there is no ${noun} ${name} in namespace ${namespace}`;
  const error = (message: string, hint: string) =>
    new CodedError(`${noun.toUpperCase()}_NOT_FOUND`, message, hint, exitCodes.notFound);
  if (place !== undefined) {
    const found = `${missing}, but there is one in ${listed(places.map(String))}`;
    return error(`${found}: ${elsewhere}`, `use --namespace ${place}`);
  }
  if (here.length === 0) return error(`${missing}, nor any other`, `make one: ${make}`);
  const like = nearest(name, here);
  return error(missing, `${like === undefined ? '' : `did you mean ${like}? `}there are: ${listed(here)}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}
