/** What a claim may take now, and which of its missing containers that makes. Pure. */
import type { TemplatedPool } from '../api/container-pool.js';
import type { Key } from '../api/meta/resource.js';
import type { Slot } from '../line/index.js';
import type { Fit } from './fit/fit.js';
import { inShape } from './fit/shapes.js';
import { allocate, type Need } from './queue/allocate.js';

/** So many containers of a pool for an item. */
export interface Share {
  readonly item: string;
  readonly pool: Key;
  readonly count: number;
}

/** A container to come: which one of the claim's, and from where. Its item has the size that the pool gives it. */
export interface Assignment {
  readonly slot: Slot;
  readonly pool: TemplatedPool;
}

/** What there is of a pool: how many containers, and for how many there is room. */
export interface Availability {
  readonly ready: number;
  readonly room: number;
}

/** The best that can be had of what there is: each item from the pools that suit it best. */
export function bestOf(
  missing: readonly Slot[],
  fit: Fit,
  available: ReadonlyMap<Key, Availability>,
): readonly Share[] {
  const keys = [...available.keys()];
  const all = [...available.values()];
  const needs = needsOf(missing, fit, (pool) => {
    const at = keys.indexOf(pool);
    return at < 0 ? [] : [at];
  });
  const supply = {
    ready: all.map(({ ready }) => ready),
    poolOf: keys.map((_, at) => at),
    room: all.map(({ room }) => room),
  };
  return allocate(needs, supply).flatMap(({ need, bin, count }) => {
    const [item, pool] = [needs[need]?.item, keys[bin]];
    return item === undefined || pool === undefined ? [] : [{ item, pool, count }];
  });
}

/** What is missing by item, with the bins that each can be served from. */
export function needsOf(
  missing: readonly Slot[],
  fit: Fit,
  binsOf: (pool: Key, slot: Slot) => readonly number[],
): Need[] {
  const needs = new Map<string, { item: string; count: number; bins: readonly number[] }>();
  for (const slot of missing) {
    const known = needs.get(slot.itemName);
    if (known) known.count++;
    else {
      const ranked = fit.ranks.get(slot.itemName) ?? [];
      needs.set(slot.itemName, { item: slot.itemName, count: 1, bins: ranked.flatMap((pool) => binsOf(pool, slot)) });
    }
  }
  return [...needs.values()];
}

/** Gives the missing containers, in their order, what their items have been granted. */
export function assign(missing: readonly Slot[], shares: readonly Share[], fit: Fit): readonly Assignment[] {
  const left = new Map<string, { pool: TemplatedPool; count: number }[]>();
  for (const { item, pool: key, count } of shares) {
    const pool = fit.pools.get(key);
    if (pool) left.set(item, [...(left.get(item) ?? []), { pool, count }]);
  }
  return missing.flatMap((slot) => {
    const share = left.get(slot.itemName)?.find(({ count }) => count > 0);
    if (!share) return [];
    share.count--;
    return [{ slot: { ...slot, item: inShape(slot.item, share.pool) }, pool: share.pool }];
  });
}
