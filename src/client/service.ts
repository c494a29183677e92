import type { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import type { Draft } from '../api/meta/resource.js';
import { fitClaim, isSelected, objectionsOf } from '../claims/index.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { requirePool } from './lookup.js';
import type { ClientParts } from './parts.js';

type Parts = Pick<ClientParts, 'cluster' | 'signal'>;

/**
 * That there is a pool which serves such a claim. Throws CodedError POOL_NOT_FOUND, CLAIM_NOT_ALLOWED with the reason, pool
 * by pool.
 */
export async function requireService(parts: Parts, draft: Draft<ContainerClaim>): Promise<void> {
  const pools = await poolsFor(parts, draft);
  const fit = fitClaim(
    draft,
    pools.map((pool) => ({ pool })),
  );
  if (fit.pools.size > 0) return;
  const names = pools.map(({ metadata }) => metadata.name);
  const [name] = names;
  const who = names.length === 1 ? `pool ${name} does not serve` : `none of the pools ${names.join(', ')} serves`;
  const hint = `change the claim or the pool: penstock pool describe ${name}`;
  throw new CodedError('CLAIM_NOT_ALLOWED', `${who} such a claim: ${objectionsOf(fit)}`, hint, exitCodes.invalid);
}

async function poolsFor(parts: Parts, draft: Draft<ContainerClaim>): Promise<readonly ContainerPool[]> {
  const { namespace } = draft.metadata;
  const here = namespace === undefined ? {} : { namespace };
  const { name, selector } = draft.spec.pool;
  if (name !== undefined) return [await requirePool(parts, { name, ...here })];
  const { items } = await parts.cluster.list(ContainerPool, here, parts.signal ? { signal: parts.signal } : {});
  const wanted = selector?.matchLabels ?? {};
  const selected = items.filter((pool) => isSelected(pool, wanted));
  if (selected.length > 0) return selected;
  const labels = Object.entries(wanted).map(([key, value]) => `${key}=${value}`);
  const message = `no pool in namespace ${namespace ?? ''} has the labels ${labels.join(', ')}`;
  const hint = 'see the labels that there are: kubectl get containerpools --show-labels';
  throw new CodedError('POOL_NOT_FOUND', message, hint, exitCodes.notFound);
}
