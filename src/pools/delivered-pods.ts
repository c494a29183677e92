import type { Pod } from '../api/kubernetes.js';
import type { Key } from '../api/meta/resource.js';
import { annotations, origins } from '../api/names.js';

/** The containers of one pool that claims, or its Deployment, hold now: how many, and from where they came. */
export class DeliveredPods {
  readonly #hits = new Set<Key>();
  readonly #all = new Set<Key>();

  set(key: Key, pod: Pod): void {
    this.#all.add(key);
    if (pod.metadata.annotations?.[annotations.origin] === origins.stock) this.#hits.add(key);
    else this.#hits.delete(key);
  }

  delete(key: Key): void {
    this.#all.delete(key);
    this.#hits.delete(key);
  }

  get size(): number {
    return this.#all.size;
  }

  /** Those that were in stock when their claim came. */
  get hits(): number {
    return this.#hits.size;
  }
}
