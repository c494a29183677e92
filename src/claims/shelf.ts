import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import type { Cache } from '../runtime/index.js';
import { indexes } from './indexes.js';

/**
 * The deliverable stock of every pool, less what claims of this process are taking at this moment. Not a ledger: a pod is
 * the claim's when its patch has succeeded; this only keeps our own claims from running after the same pods.
 */
export class Shelf {
  readonly #taken = new Map<Key, Set<Key>>();

  constructor(private readonly cache: Cache) {}

  available(pool: Key): number {
    const stock = this.cache.byIndex(Pod, indexes.shelf, pool);
    let taken = 0;
    for (const key of this.#taken.get(pool) ?? []) if (stock.has(key)) taken++;
    return stock.size - taken;
  }

  /** What can be taken, in the order in which it came into stock. */
  *candidates(pool: Key): Generator<Pod> {
    const taken = this.#taken.get(pool);
    for (const [key, pod] of this.cache.byIndex(Pod, indexes.shelf, pool)) if (!taken?.has(key)) yield pod;
  }

  take(pool: Key, pods: readonly Pod[]): Disposable {
    const taken = this.#taken.get(pool) ?? new Set();
    this.#taken.set(pool, taken);
    const keys = pods.map((pod) => keyOf(nameOf(pod)));
    for (const key of keys) taken.add(key);
    return {
      [Symbol.dispose]: () => {
        for (const key of keys) taken.delete(key);
        if (taken.size === 0 && this.#taken.get(pool) === taken) this.#taken.delete(pool);
      },
    };
  }
}
