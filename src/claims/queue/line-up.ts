/** Who waits: the claims and the pools of one queue, as the cache has them. */
import { ContainerClaim } from '../../api/container-claim.js';
import type { TemplatedPool } from '../../api/container-pool.js';
import type { Key } from '../../api/meta/resource.js';
import type { Cache } from '../../runtime/index.js';
import type { Fit } from '../fit/fit.js';
import { anyPoolOf, indexes, isWaiting } from '../indexes.js';
import type { Fits } from '../pools.js';
import { isFinished } from '../standing.js';
import type { Board } from './board.js';

export interface LineUp {
  readonly pools: ReadonlyMap<Key, TemplatedPool>;
  readonly claims: ReadonlyMap<Key, { readonly claim: ContainerClaim; readonly fit: Fit }>;
}

interface Parts {
  readonly cache: Cache;
  readonly fits: Fits;
  readonly board: Board;
}

/** The claims that wait for this pool, the other pools that serve them, the claims that wait for those, and so on. */
export function lineUp(pool: Key, parts: Parts): LineUp {
  const pools = new Map<Key, TemplatedPool>();
  const claims = new Map<Key, { claim: ContainerClaim; fit: Fit }>();
  const frontier = [pool];
  const seen = new Set(frontier);
  for (let at = frontier.pop(); at !== undefined; at = frontier.pop()) {
    for (const [key, claim] of waitingAt(at, parts)) {
      if (claims.has(key)) continue;
      const fit = parts.fits.of(claim);
      if (!fit.pools.has(at)) continue;
      claims.set(key, { claim, fit });
      for (const [other, found] of fit.pools) {
        pools.set(other, found);
        if (seen.has(other)) continue;
        seen.add(other);
        frontier.push(other);
      }
    }
  }
  return { pools, claims };
}

/** Those that name the pool or have a selector, and say that they wait, or have come since the last decision. */
function* waitingAt(pool: Key, { cache, board }: Parts): Generator<readonly [Key, ContainerClaim]> {
  yield* cache.byIndex(ContainerClaim, indexes.waitingClaims, pool);
  yield* cache.byIndex(ContainerClaim, indexes.waitingClaims, anyPoolOf(namespaceOf(pool)));
  for (const key of board.at(pool)) {
    const claim = cache.get(ContainerClaim, key);
    const gone = !claim || isFinished(claim) || claim.metadata.deletionTimestamp !== undefined;
    if (!gone && !isWaiting(claim)) yield [key, claim];
  }
}

/**
 * Whether this claim, of this tenant, has to wait for its turn, since others wait for a pool that serves it. Those that wait for what other
 * tenants hold, or in vain, take nothing from it.
 */
export function isWaitedFor(fit: Fit, claim: Key, tenant: string, parts: Parts): boolean {
  const { board } = parts;
  for (const pool of fit.pools.keys()) {
    for (const key of board.pendingAt(pool)) if (key !== claim) return true;
    const awaited = board.awaitedAt(pool);
    if (awaited && !awaited.stock && !awaited.tenants.has(tenant)) continue;
    if (isWaitedAt(pool, claim, parts)) return true;
  }
  return false;
}

function isWaitedAt(pool: Key, claim: Key, { cache, fits, board }: Parts): boolean {
  for (const key of board.at(pool)) if (key !== claim) return true;
  for (const key of cache.byIndex(ContainerClaim, indexes.waitingClaims, pool).keys()) if (key !== claim) return true;
  for (const [key, other] of cache.byIndex(ContainerClaim, indexes.waitingClaims, anyPoolOf(namespaceOf(pool))))
    if (key !== claim && fits.of(other).pools.has(pool)) return true;
  return false;
}

const namespaceOf = (pool: Key): string => pool.slice(0, pool.indexOf('/'));
