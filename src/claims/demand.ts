/** What claims ask of each pool: of several that would serve an item, it counts for the one that suits it best. */
import { ContainerClaim } from '../api/container-claim.js';
import type { Key } from '../api/meta/resource.js';
import type { Cache } from '../runtime/index.js';
import type { Fit } from './fit/fit.js';
import { anyPoolOf, indexes } from './indexes.js';
import type { Fits } from './pools.js';
import type { Shelf } from './shelf.js';

/** How many containers the claim asks of each pool. Pure. */
export function demandOf(claim: Pick<ContainerClaim, 'spec'>, fit: Fit): ReadonlyMap<Key, number> {
  return perPool(claim, fit, ({ count }) => count);
}

function perPool(
  { spec }: Pick<ContainerClaim, 'spec'>,
  fit: Fit,
  count: (item: { readonly name: string; readonly count: number }) => number,
): ReadonlyMap<Key, number> {
  const demand = new Map<Key, number>();
  for (const [at, item] of spec.items.entries()) {
    const name = item.name ?? String(at);
    const [best] = fit.ranks.get(name) ?? [];
    if (best !== undefined) demand.set(best, (demand.get(best) ?? 0) + count({ name, count: item.count }));
  }
  return demand;
}

/** How many containers waiting claims lack of a pool, which a stock that is sized for less would never serve. */
export class Lacking {
  constructor(
    private readonly cache: Cache,
    private readonly fits: Fits,
    private readonly shelf: Shelf,
  ) {}

  of(pool: Key): number {
    const byTenant = new Map<string, { lacks: number; readonly room: number }>();
    for (const claim of this.#waitingFor(pool)) {
      const fit = this.fits.of(claim);
      const template = fit.pools.get(pool);
      const lacks = lackOf(claim, fit).get(pool) ?? 0;
      if (!template || lacks === 0) continue;
      const tenant = claim.spec.tenant ?? '';
      const known = byTenant.get(tenant) ?? { lacks: 0, room: this.shelf.room(claim, template) };
      known.lacks += lacks;
      byTenant.set(tenant, known);
    }
    // what a tenant may not have yet would stand in stock for nobody
    return [...byTenant.values()].reduce((sum, { lacks, room }) => sum + Math.min(lacks, room), 0);
  }

  *#waitingFor(pool: Key): Generator<ContainerClaim> {
    const namespace = pool.slice(0, pool.indexOf('/'));
    for (const key of [pool, anyPoolOf(namespace)])
      yield* this.cache.byIndex(ContainerClaim, indexes.waitingClaims, key).values();
  }
}

function lackOf(claim: ContainerClaim, fit: Fit): ReadonlyMap<Key, number> {
  return perPool(claim, fit, ({ name, count }) => {
    const delivered = claim.status?.items?.find(({ item }) => item === name)?.delivered ?? 0;
    return Math.max(0, count - delivered);
  });
}
