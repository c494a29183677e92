interface Item<K> {
  readonly key: K;
  priority: number;
  /** Where in the heap it stands. */
  at: number;
}

/** Keys by a priority that can change: the one of the lowest comes first. Each change costs the logarithm of their number. */
export class IndexedHeap<K> {
  readonly #heap: Item<K>[] = [];
  readonly #items = new Map<K, Item<K>>();

  get size(): number {
    return this.#heap.length;
  }

  peek(): { readonly key: K; readonly priority: number } | undefined {
    return this.#heap[0];
  }

  set(key: K, priority: number): void {
    const known = this.#items.get(key);
    if (known?.priority === priority) return;
    const item = known ?? { key, priority, at: this.#heap.length };
    if (!known) {
      this.#items.set(key, item);
      this.#heap.push(item);
    }
    item.priority = priority;
    this.#settle(item);
  }

  delete(key: K): void {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    const last = this.#heap.pop();
    if (!last || last === item) return;
    last.at = item.at;
    this.#heap[item.at] = last;
    this.#settle(last);
  }

  clear(): void {
    this.#heap.length = 0;
    this.#items.clear();
  }

  /** Moves an item up or down to its place. */
  #settle(item: Item<K>): void {
    const heap = this.#heap;
    for (let parent = heap[(item.at - 1) >> 1]; item.at > 0 && parent; parent = heap[(item.at - 1) >> 1]) {
      if (parent.priority <= item.priority) break;
      this.#swap(item, parent);
    }
    for (;;) {
      const [left, right] = [heap[2 * item.at + 1], heap[2 * item.at + 2]];
      const child = right && left && right.priority < left.priority ? right : left;
      if (!child || child.priority >= item.priority) return;
      this.#swap(item, child);
    }
  }

  #swap(a: Item<K>, b: Item<K>): void {
    const { at } = a;
    a.at = b.at;
    b.at = at;
    this.#heap[a.at] = a;
    this.#heap[b.at] = b;
  }
}
