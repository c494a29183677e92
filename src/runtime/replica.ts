import { type Key, keyOf, nameOf, type Resource } from '../api/meta/resource.js';
import type { Page, ResourceVersion, WatchEvent } from '../cluster/cluster.js';
import type { ObjectStore } from './object-store.js';

/** How many removed objects are remembered: more than are removed before the watches tell of their end. */
const removedLimit = 10_000;

/** The uids of objects whose removal was answered before the watches told of it: never used again, so never wrong. */
export class RemovedUids {
  readonly #uids = new Set<string>();

  add(uid: string): void {
    this.#uids.add(uid);
    if (this.#uids.size <= removedLimit) return;
    const [oldest = ''] = this.#uids;
    this.#uids.delete(oldest);
  }

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }

  clear(): void {
    this.#uids.clear();
  }
}

/** A list on its way into the store, page by page. */
export interface Listing<T extends Resource> {
  add(page: Page<T>): void;
  /** All pages are in: what the list did not hold is gone. */
  finish(): void;
}

const versionOf = (object: Resource): number => Number(object.metadata.resourceVersion);

/**
 * Merges lists, watch events and the answers to this process' own writes into one store, so that what it shows of an
 * object never goes back. All that happened up to `mark` is in the store; single objects may be ahead of it. So a key
 * that is absent at `mark` was gone at `mark`: news of it that are not newer are of an object that has ceased to be.
 */
export class Replica<T extends Resource> {
  #mark = -1;

  constructor(
    private readonly store: ObjectStore<T>,
    /** Whether an object that is not in the store belongs there: a selector that we cannot judge says no. */
    private readonly admits: (object: T) => boolean,
    /** Whether an object of the store came from here: stores are shared by the replicas of several namespaces, or parts. */
    private readonly covers: (object: T) => boolean,
    /** Shared likewise: of two replicas the later one may still be told of what the other has seen the end of. */
    private readonly removed = new RemovedUids(),
  ) {}

  /** Where to watch from; `undefined` before the first list. */
  get mark(): ResourceVersion | undefined {
    return this.#mark < 0 ? undefined : String(this.#mark);
  }

  apply(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') return this.#advance(Number(event.resourceVersion));
    const { object } = event;
    if (event.type === 'DELETED') this.#delete(object);
    else this.#show(object, 'watch');
    this.#advance(versionOf(object));
  }

  /** Takes in the answer to a write of this process. */
  remember(object: T): void {
    if (hasEnded(object)) return this.forget(keyOf(nameOf(object)), object.metadata.uid);
    if (this.store.get(keyOf(nameOf(object))) || this.admits(object)) this.#show(object, 'write');
  }

  /** The server said that the object of this uid is gone. */
  forget(key: Key, uid: string): void {
    if (this.store.get(key)?.metadata.uid !== uid) return;
    this.removed.add(uid);
    this.store.delete(key, 'write');
  }

  /** Nobody follows these objects any more. */
  clear(): void {
    for (const [key, object] of this.store.entries()) if (this.covers(object)) this.store.delete(key, 'list');
    this.#mark = -1;
  }

  /** To be called before the first page is asked for: a list tells of that moment or of a later one. */
  list(): Listing<T> {
    const asked = this.#mark;
    const seen = new Set<Key>();
    let mark = -1;
    return {
      add: ({ items, resourceVersion }) => {
        if (mark < 0) {
          mark = Number(resourceVersion);
          // a server whose history went back was restored from a copy: nothing that we know can be compared with it
          if (mark < asked) {
            this.clear();
            this.removed.clear();
          }
        }
        for (const item of items) {
          seen.add(keyOf(nameOf(item)));
          this.#show(item, 'list');
        }
      },
      finish: () => {
        for (const [key, object] of this.store.entries())
          if (!seen.has(key) && versionOf(object) <= mark && this.covers(object)) this.store.delete(key, 'list');
        this.#advance(mark);
      },
    };
  }

  #show(object: T, origin: 'list' | 'watch' | 'write'): void {
    const key = keyOf(nameOf(object));
    const version = versionOf(object);
    const known = this.store.get(key);
    // what another replica holds was not among ours at our mark
    const newest = known && this.covers(known) ? versionOf(known) : Math.max(this.#mark, known ? versionOf(known) : -1);
    if (version <= newest || this.removed.has(object.metadata.uid)) return;
    this.store.set(key, object, origin);
  }

  #delete(object: T): void {
    const key = keyOf(nameOf(object));
    const known = this.store.get(key);
    // one that has gone over to another replica is told as deleted here
    if (known && this.covers(known) && versionOf(known) <= versionOf(object)) this.store.delete(key, 'watch');
  }

  #advance(mark: number): void {
    if (mark > this.#mark) this.#mark = mark;
  }
}

/** Whether the write that this is the answer to ended the object: it was being deleted, and nothing holds it any more. */
function hasEnded({ metadata }: Resource): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = metadata;
  return deletionTimestamp !== undefined && deletionGracePeriodSeconds === 0 && finalizers.length === 0;
}
