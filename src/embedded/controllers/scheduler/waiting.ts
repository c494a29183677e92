import type { Key } from '../../../api/meta/resource.js';

/** How many pods of one shape are tried at once when room may have appeared; each that fits lets as many follow. */
const wave = 8;

/** The pods for which there was no room, by shape: when one of a shape does not fit, the others need not be tried. */
export class Waiting {
  readonly #groups = new Map<string, Set<Key>>();
  readonly #groupOf = new Map<Key, string>();

  add(key: Key, group: string): void {
    if (this.#groupOf.get(key) === group) return;
    this.remove(key);
    this.#groupOf.set(key, group);
    const keys = this.#groups.get(group);
    if (keys) keys.add(key);
    else this.#groups.set(group, new Set([key]));
  }

  /** Returns the pods of the same shape that should be tried next. */
  remove(key: Key): readonly Key[] {
    const group = this.#groupOf.get(key);
    if (group === undefined) return [];
    this.#groupOf.delete(key);
    const keys = this.#groups.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#groups.delete(group);
    return first(keys ?? []);
  }

  /** The pods to try when room may have appeared: the first few of each shape. */
  heads(): readonly Key[] {
    return [...this.#groups.values()].flatMap(first);
  }
}

function first(keys: Iterable<Key>): readonly Key[] {
  const heads: Key[] = [];
  for (const key of keys) {
    if (heads.length === wave) break;
    heads.push(key);
  }
  return heads;
}
