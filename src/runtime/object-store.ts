import type { Key, Resource } from '../api/meta/resource.js';
import { withoutBookkeeping } from './bookkeeping.js';
import type { IndexFunction } from './cache.js';

/** What brought a change: a list (also the first), the watch, or the answer to a write of this process. */
export type Origin = 'list' | 'watch' | 'write';

/** Called in the order of the changes, after the store and its indexes show them. Must not wait and must not write. */
export interface Handler<T extends Resource> {
  add(object: T, origin: Origin): void;
  update(old: T, object: T, origin: Origin): void;
  delete(old: T, origin: Origin): void;
}

interface Index<T extends Resource> {
  readonly valuesOf: IndexFunction<T>;
  readonly entries: Map<string, Map<Key, T>>;
}

const nothing: ReadonlyMap<Key, never> = new Map<Key, never>();

/** The objects of one kind by key, with secondary indexes that are kept with every change, and who wants to hear of it. */
export class ObjectStore<T extends Resource> {
  readonly #objects = new Map<Key, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers: Handler<T>[] = [];
  #trim: (object: T, old: T | undefined) => T = (object) => object;

  constructor(private readonly onHandlerError: (error: unknown) => void) {}

  get size(): number {
    return this.#objects.size;
  }

  get(key: Key): T | undefined {
    return this.#objects.get(key);
  }

  keys(): Iterable<Key> {
    return this.#objects.keys();
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  entries(): Iterable<[Key, T]> {
    return this.#objects.entries();
  }

  /** `valuesOf` must depend on the object alone. Throws when the name is taken by another function. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    const known = this.#indexes.get(name);
    if (known?.valuesOf === valuesOf) return;
    if (known) throw new Error(`the index ${name} exists already, with another function: choose another name`);
    const index: Index<T> = { valuesOf, entries: new Map() };
    this.#indexes.set(name, index);
    for (const [key, object] of this.#objects) file(index, key, object);
  }

  /** Throws when there is no such index. */
  byIndex(name: string, value: string): ReadonlyMap<Key, T> {
    const index = this.#indexes.get(name);
    if (!index) throw new Error(`there is no index ${name}: declare it before the start`);
    return index.entries.get(value) ?? nothing;
  }

  /** What is kept of the objects from now on: see `Manager.trim`. */
  trim(trim: (object: T, old: T | undefined) => T): void {
    this.#trim = trim;
  }

  /** From now on; what is there already is told as added by a list. */
  addHandler(handler: Handler<T>): void {
    this.#handlers.push(handler);
    for (const object of this.#objects.values()) this.#tell(() => handler.add(object, 'list'));
  }

  set(key: Key, whole: T, origin: Origin): void {
    const old = this.#objects.get(key);
    const object = this.#trim(withoutBookkeeping(whole), old);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) refile(index, key, old, object);
    for (const handler of this.#handlers)
      this.#tell(() => (old ? handler.update(old, object, origin) : handler.add(object, origin)));
  }

  delete(key: Key, origin: Origin): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) for (const value of index.valuesOf(old)) remove(index, value, key);
    for (const handler of this.#handlers) this.#tell(() => handler.delete(old, origin));
  }

  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      // one listener's mistake must not keep the others, or the cache, from the change
      this.onHandlerError(error);
    }
  }
}

function file<T extends Resource>(index: Index<T>, key: Key, object: T): void {
  for (const value of index.valuesOf(object)) {
    const there = index.entries.get(value);
    if (there) there.set(key, object);
    else index.entries.set(value, new Map([[key, object]]));
  }
}

function refile<T extends Resource>(index: Index<T>, key: Key, old: T | undefined, object: T): void {
  if (old) {
    const values = index.valuesOf(object);
    for (const value of index.valuesOf(old)) if (!values.includes(value)) remove(index, value, key);
  }
  file(index, key, object);
}

function remove<T extends Resource>(index: Index<T>, value: string, key: Key): void {
  const there = index.entries.get(value);
  if (there?.delete(key) && there.size === 0) index.entries.delete(value);
}
