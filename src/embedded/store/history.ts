import type { Item } from './json.js';

/** One change of one object, as the store made it. Nothing in it is a copy. */
export interface Change {
  readonly version: number;
  /** The state after the change; of a deleted object the last one, with the deletion's resourceVersion. */
  readonly object: Item;
  readonly before: Item | undefined;
  readonly deleted: boolean;
}

/** The newest changes of one kind: a ring that forgets the oldest. */
export class History {
  readonly #ring: (Change | undefined)[] = [];
  #count = 0;
  /** Changes up to this version are forgotten. */
  #forgotten = 0;

  constructor(private readonly limit: number) {}

  add(change: Change): void {
    const slot = this.#count % this.limit;
    const oldest = this.#ring[slot];
    if (oldest) this.#forgotten = oldest.version;
    this.#ring[slot] = change;
    this.#count++;
  }

  /** The changes after `version`, oldest first; `undefined` when some of them are forgotten. */
  after(version: number): readonly Change[] | undefined {
    if (version < this.#forgotten) return undefined;
    const changes: Change[] = [];
    for (let back = 1; back <= Math.min(this.#count, this.limit); back++) {
      const change = this.#ring[(this.#count - back) % this.limit];
      if (!change || change.version <= version) break;
      changes.push(change);
    }
    return changes.reverse();
  }

  /** Forgets everything up to `version`, as a compaction of etcd does. */
  forget(version: number): void {
    const kept = this.after(version) ?? this.after(this.#forgotten) ?? [];
    this.#ring.length = 0;
    this.#count = 0;
    this.#forgotten = Math.max(this.#forgotten, version);
    for (const change of kept) if (change.version > version) this.add(change);
  }
}
