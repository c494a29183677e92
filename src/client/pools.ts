import { ContainerPool } from '../api/container-pool.js';
import type { Ref } from '../api/meta/resource.js';
import { nearest } from '../api/schema/suggestion.js';
import { ApiError, Forbidden, NotFound } from '../cluster/errors.js';
import { CodedError, exitCodes } from '../support/errors.js';
import type { ClientParts } from './parts.js';

/** Pools that a message lists; more than that is no help. */
const mostNamed = 10;

/** The pool. Throws CodedError POOL_NOT_FOUND, which says what pools there are and whether another namespace has one. */
export async function requirePool(
  { cluster, signal }: Pick<ClientParts, 'cluster' | 'signal'>,
  ref: Ref,
): Promise<ContainerPool> {
  const options = signal ? { signal } : {};
  try {
    return await cluster.get(ContainerPool, ref, options);
  } catch (error) {
    // a kind that the server does not have is told by the caller
    if (!(error instanceof NotFound) || /could not find the requested resource|page not found/.test(error.message)) {
      throw error;
    }
    const everywhere = await cluster.list(ContainerPool, {}, options).catch(async (refusal: unknown) => {
      if (!(refusal instanceof Forbidden) || ref.namespace === undefined) throw refusal;
      return cluster.list(ContainerPool, { namespace: ref.namespace }, options).catch(unknownPools);
    });
    throw poolNotFound(ref, everywhere.items);
  }
}

function unknownPools(error: unknown): { readonly items: readonly ContainerPool[] } {
  if (error instanceof ApiError) return { items: [] };
  throw error;
}

function poolNotFound({ name, namespace = '' }: Ref, pools: readonly Pick<ContainerPool, 'metadata'>[]): CodedError {
  const here = pools.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name);
  const elsewhere = pools.filter(({ metadata }) => metadata.name === name).map(({ metadata }) => metadata.namespace);
  const [place] = elsewhere;
  const missing = `there is no pool ${name} in namespace ${namespace}`;
  const error = (message: string, hint: string) => new CodedError('POOL_NOT_FOUND', message, hint, exitCodes.notFound);
  if (place !== undefined) {
    return error(
      `${missing}, but in ${listed(elsewhere.map(String))}: pods never change namespace, so a pool serves only claims of its own`,
      `claim there: --namespace ${place}`,
    );
  }
  if (here.length === 0) return error(`${missing}, nor any other`, 'make one: penstock pool create');
  const like = nearest(name, here);
  return error(missing, `${like === undefined ? '' : `did you mean ${like}? `}pools there: ${listed(here)}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostNamed).join(', ');
  return names.length > mostNamed ? `${shown} and ${names.length - mostNamed} more` : shown;
}
