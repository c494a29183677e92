import type { WatchEvent } from '../../cluster/cluster.js';
import type { Change } from './history.js';
import type { Item } from './json.js';
import type { Selection } from './selection.js';

type Event = WatchEvent<Item>;

/** One open watch: a bounded queue between the store, which never waits, and a reader, which may be slow. */
export class Watcher implements AsyncIterableIterator<Event> {
  readonly #queue: Event[] = [];
  #head = 0;
  #waiting: { resolve(result: IteratorResult<Event>): void; reject(error: unknown): void } | undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    readonly selection: Selection,
    private readonly limit: number,
    private readonly onEnd: (watcher: Watcher) => void,
  ) {}

  /** Shows a change if it concerns what is watched; what begins or ceases to match comes and goes. */
  see(change: Change): void {
    const { namespace, matches } = this.selection;
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) return;
    const was = change.before !== undefined && (matches === undefined || matches(change.before));
    const is = !change.deleted && (matches === undefined || matches(change.object));
    if (is) this.push({ type: was ? 'MODIFIED' : 'ADDED', object: change.object });
    else if (was) this.push({ type: 'DELETED', object: lastSeen(change) });
  }

  push(event: Event): void {
    if (this.#ended) return;
    const waiting = this.#waiting;
    if (waiting) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: event });
    } else if (this.#queue.length - this.#head < this.limit) this.#queue.push(event);
    // a reader that is too slow resumes from its last mark, as with a real server
    else this.end();
  }

  /** Ends the watch: what is queued is still read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onEnd(this);
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
  }

  /** Ends the watch at once with an error. */
  fail(error: unknown): void {
    this.end();
    this.#queue.length = 0;
    this.#head = 0;
    this.#failure = { error };
  }

  next(): Promise<IteratorResult<Event>> {
    const event = this.#queue[this.#head];
    if (event) {
      this.#head++;
      if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
        this.#queue.splice(0, this.#head);
        this.#head = 0;
      }
      return Promise.resolve({ done: false, value: event });
    }
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) return Promise.reject(failure.error);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Event>> {
    this.end();
    this.#queue.length = 0;
    this.#head = 0;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** To a watcher that an object no longer concerns, the server shows it as it was, with the mark of the change. */
function lastSeen({ before, object, deleted }: Change): Item {
  if (deleted || before === undefined) return object;
  return { ...before, metadata: { ...before.metadata, resourceVersion: object.metadata.resourceVersion } };
}
