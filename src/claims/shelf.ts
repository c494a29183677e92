import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { carries, configures, type LeavingNodes, type Line, type ReclaimWork, type Slot } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import { heldKey, indexes, shelf as shelvesOf, shelfKey } from './indexes.js';
import { roomFor, rulesFor } from './tenants.js';

/** A container that a claim of this process is taking at this moment. */
export interface Flight {
  readonly claim: ContainerClaim;
  readonly slot: Slot;
  readonly pod: Pod;
  readonly pool: Key;
}

/**
 * The deliverable stock of every pool, less what claims of this process are taking at this moment. Not a ledger: a pod is
 * the claim's when its patch has succeeded; this only keeps our own claims from running after the same pods.
 */
export class Shelf {
  /** By shelf and pod. */
  readonly #taken = new Map<Key, Map<Key, Flight>>();
  /** Of these, the shelves of each pool. */
  readonly #shelves = new Map<Key, Set<Key>>();

  /** @param reclaim knows the containers that are to go and could not be deleted: nobody is given those */
  constructor(
    private readonly cache: Cache,
    private readonly reclaim: Pick<Line<ReclaimWork>, 'isRefused'>,
    /** Nobody is given what stands on these. */
    private readonly leaving: Pick<LeavingNodes, 'has'>,
  ) {}

  /** Whether the container is to go, and could not be deleted when that was tried last. */
  readonly isRefused = (pod: Pod): boolean => this.reclaim.isRefused(pod);

  /** How many of the pool's the claim could take, counted up to `most`: of a great stock it needs a few. */
  available(claim: ContainerClaim, pool: ContainerPool, most: number): number {
    let count = 0;
    for (const _ of this.candidates(claim, pool)) if (++count >= most) break;
    return count;
  }

  /**
   * What the claim can take of the pool's: first what has served its tenant, then in the order in which it came into stock.
   * @param lost uids of containers that it has failed to get
   */
  *candidates(claim: ContainerClaim, pool: ContainerPool, lost: ReadonlySet<string> = new Set()): Generator<Pod> {
    const items = claim.spec.items.filter(configures);
    for (const shelf of keysFor(claim, pool)) {
      for (const pod of this.untakenOn(shelf))
        if (!lost.has(pod.metadata.uid) && items.every((item) => carries(pod, item, pool))) yield pod;
    }
  }

  /** How many more of the pool's containers the claim's tenant may have. */
  room({ spec: { tenant } }: ContainerClaim, pool: ContainerPool): number {
    const { maxContainers } = rulesFor(pool.spec, tenant);
    if (maxContainers === Infinity) return Infinity;
    const key = keyOf(nameOf(pool));
    let held = this.cache.byIndex(Pod, indexes.held, heldKey(key, tenant)).size;
    for (const { claim } of this.flights(key)) if (claim.spec.tenant === tenant) held++;
    return roomFor(pool.spec, tenant, held);
  }

  /** What is being taken of a pool's and has not left its shelf yet. */
  *flights(pool: Key): Generator<Flight> {
    for (const shelf of this.#shelves.get(pool) ?? []) {
      const stock = this.cache.byIndex(Pod, indexes.shelf, shelf);
      for (const [key, flight] of this.#taken.get(shelf) ?? []) if (stock.has(key)) yield flight;
    }
  }

  *untakenOn(shelf: Key): Generator<Pod> {
    const taken = this.#taken.get(shelf);
    for (const [key, pod] of this.cache.byIndex(Pod, indexes.shelf, shelf))
      if (!taken?.has(key) && !this.isRefused(pod) && !this.leaving.has(pod)) yield pod;
  }

  /** Until disposed of, no other claim of this process is offered these. */
  take(flights: readonly Flight[]): Disposable {
    const marks = flights.flatMap((flight) =>
      shelvesOf(flight.pod).map((shelf) => ({ shelf, key: keyOf(nameOf(flight.pod)), flight })),
    );
    for (const { shelf, key, flight } of marks) {
      entryOf(this.#taken, shelf, () => new Map<Key, Flight>()).set(key, flight);
      entryOf(this.#shelves, flight.pool, () => new Set<Key>()).add(shelf);
    }
    return {
      [Symbol.dispose]: () => {
        for (const { shelf, key, flight } of marks) this.#putBack(shelf, key, flight.pool);
      },
    };
  }

  #putBack(shelf: Key, key: Key, pool: Key): void {
    const taken = this.#taken.get(shelf);
    taken?.delete(key);
    if (taken?.size !== 0) return;
    this.#taken.delete(shelf);
    const shelves = this.#shelves.get(pool);
    shelves?.delete(shelf);
    if (shelves?.size === 0) this.#shelves.delete(pool);
  }
}

function entryOf<Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function keysFor({ spec: { tenant } }: ContainerClaim, pool: ContainerPool): readonly Key[] {
  const key = keyOf(nameOf(pool));
  return tenant === undefined ? [key] : [shelfKey(key, tenant), key];
}
