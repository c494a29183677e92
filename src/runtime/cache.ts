import type { Kind } from '../api/meta/kind.js';
import type { Key, Resource } from '../api/meta/resource.js';

/**
 * What the informers know, indexed. It may be behind the server, except for this process' own writes: those are in it by
 * the time that the write's promise resolves.
 */
export interface Cache {
  get<T extends Resource>(kind: Kind<T>, key: Key): T | undefined;
  list<T extends Resource>(kind: Kind<T>): Iterable<T>;
  /** The objects that `index` files under `value`, by key, in the order in which they came there. Live: do not write while iterating. */
  byIndex<T extends Resource>(kind: Kind<T>, index: string, value: string): ReadonlyMap<Key, T>;
}

/** The values under which an index files an object; none leaves it out. */
export type IndexFunction<T extends Resource> = (object: T) => readonly string[];

/** The objects that an object says something about: an event on it wakes their reconciles. */
export type MapFunction<T extends Resource> = (object: T) => readonly Key[];
