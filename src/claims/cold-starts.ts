import { defaultColdStarts } from '../api/sharing.js';
import type { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { annotations, origins } from '../api/names.js';
import type { Slot } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import { type Instant, instantOf, minute } from '../support/time.js';
import type { Fit } from './fit/fit.js';
import { inShape } from './fit/shapes.js';
import { indexes } from './indexes.js';
import type { Assignment } from './offer.js';

/** How many containers a pool may start cold now. */
export interface ColdRoom {
  readonly count: number;
  /** When there will be more, where the rate is what limits it. */
  readonly againAt?: Instant | undefined;
}

/**
 * How many cold starts a pool allows: what it starts within any minute is limited, and counted by the containers
 * themselves. Only what is being created at this moment is remembered.
 */
export class ColdStarts {
  readonly #underWay = new Map<Key, number>();

  constructor(private readonly cache: Cache) {}

  room(pool: ContainerPool, now: Instant): ColdRoom {
    const key = keyOf(nameOf(pool));
    const { perMinute } = pool.spec.claims.coldStarts ?? { perMinute: defaultColdStarts };
    const started: Instant[] = [];
    for (const { metadata } of this.cache.byIndex(Pod, indexes.podsOfPool, key).values()) {
      if (metadata.annotations?.[annotations.origin] !== origins.cold) continue;
      const at = instantOf(metadata.creationTimestamp) ?? now;
      if (at > now - minute) started.push(at);
    }
    return coldRoom(perMinute, started, this.#underWay.get(key) ?? 0);
  }

  /** Until disposed of, these count as started. */
  start(assignments: readonly Assignment[]): Disposable {
    const keys = assignments.map(({ pool }) => keyOf(nameOf(pool)));
    for (const key of keys) this.#count(key, 1);
    return { [Symbol.dispose]: () => keys.forEach((key) => this.#count(key, -1)) };
  }

  #count(key: Key, by: number): void {
    const count = (this.#underWay.get(key) ?? 0) + by;
    if (count > 0) this.#underWay.set(key, count);
    else this.#underWay.delete(key);
  }
}

/** @param started when containers were created within the last minute */
export function coldRoom(perMinute: number, started: readonly Instant[], underWay: number): ColdRoom {
  const count = Math.max(0, perMinute - started.length - underWay);
  if (started.length < perMinute) return { count };
  // when so many have become older than a minute that there is room for one
  const [oldest] = [...started].sort((a, b) => a - b).slice(started.length - perMinute);
  return { count, againAt: oldest === undefined ? undefined : oldest + minute };
}

/** Gives each slot the pool that suits its item best, of those that may still start one. Pure. */
export function assignCold(slots: readonly Slot[], fit: Fit, rooms: ReadonlyMap<Key, number>): readonly Assignment[] {
  const left = new Map(rooms);
  return slots.flatMap((slot) => {
    const key = fit.ranks.get(slot.itemName)?.find((pool) => (left.get(pool) ?? 0) > 0);
    const pool = key === undefined ? undefined : fit.pools.get(key);
    if (key === undefined || !pool) return [];
    left.set(key, (left.get(key) ?? 0) - 1);
    return [{ slot: { ...slot, item: inShape(slot.item, pool) }, pool }];
  });
}
