import type { Pod } from '../api/kubernetes.js';
import type { Key } from '../api/meta/resource.js';
import { labels } from '../api/names.js';
import { IndexedHeap } from '../support/indexed-heap.js';
import { type Instant, instantOf } from '../support/time.js';
import { isFit } from './standing.js';

/** The containers that can be delivered, or could be if they were not, by their template: when the youngest was made. */
export class ReadyPods {
  readonly #templates = new Map<Key, string>();
  readonly #newest = new Map<string, IndexedHeap<Key>>();

  set(key: Key, pod: Pod): void {
    const template = isFit(pod) ? pod.metadata.labels?.[labels.template] : undefined;
    const before = this.#templates.get(key);
    if (before !== template) this.delete(key);
    if (template === undefined) return;
    const heap = this.#newest.get(template) ?? new IndexedHeap<Key>();
    this.#newest.set(template, heap);
    this.#templates.set(key, template);
    heap.set(key, -(instantOf(pod.metadata.creationTimestamp) ?? 0));
  }

  delete(key: Key): void {
    const template = this.#templates.get(key);
    if (template === undefined) return;
    this.#templates.delete(key);
    const heap = this.#newest.get(template);
    heap?.delete(key);
    if (heap?.size === 0) this.#newest.delete(template);
  }

  get size(): number {
    return this.#templates.size;
  }

  /** When the youngest of this template was made; `undefined` where there is none. */
  newest(template: string): Instant | undefined {
    const first = this.#newest.get(template)?.peek();
    return first && -first.priority;
  }
}
