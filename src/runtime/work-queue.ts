import { type Key, namespaceOf } from '../api/meta/resource.js';
import type { Clock } from '../support/clock.js';
import { type Duration, type Instant, minute } from '../support/time.js';
import { type BackOff, backOffDelay } from './back-off.js';
import { GroupedQueue } from './grouped-queue.js';

/** Hears what the queue does, for metrics. */
export interface QueueObserver {
  added(): void;
  retried(): void;
  /** A key is taken, after it waited so long. */
  started(waited: Duration): void;
  /** A key is given back, after it was worked on for so long. */
  finished(worked: Duration): void;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Called whenever there is something to take. */
  readonly onReady: () => void;
  readonly backOff?: BackOff;
  readonly observer?: QueueObserver;
  /** How many keys of one namespace may be out at once; those without a namespace count as one. Default: any number. */
  readonly perNamespace?: number;
}

interface Item {
  readonly key: Key;
  /** Why it waits: its place in the heap, as long as that is the same object. */
  turn: Turn | undefined;
  /** Since when it is worked on. */
  runningSince: Instant | undefined;
  timer: { readonly instant: Instant; readonly handle: Disposable } | undefined;
  failures: number;
  /** With which it was taken last: what is tried again goes no later than it went before. */
  priority: number;
}

interface Turn {
  readonly item: Item;
  readonly priority: number;
  readonly order: number;
  readonly since: Instant;
}

const defaultBackOff: BackOff = { base: 5, max: minute };

/**
 * Keys to work on. A key waits at most once and is never out twice: added while it is out, it waits again when it is
 * given back. Higher priorities go first; with equal ones the namespaces take turns, and within a namespace keys go in the
 * order in which they came. No namespace has more keys out than its share. The queue holds no more than the objects that
 * there are.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #items = new Map<Key, Item>();
  readonly #waiting: GroupedQueue<Turn>;
  #order = 0;
  #depth = 0;
  #running = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    // a turn that was overtaken by a higher priority, or cleared, is left behind
    this.#waiting = new GroupedQueue(options.perNamespace ?? Infinity, (turn) => turn.item.turn === turn);
  }

  /** How many keys wait to be taken, without those whose time has not come. */
  get depth(): number {
    return this.#depth;
  }

  /** How many keys are out. */
  get running(): number {
    return this.#running;
  }

  /** For how long the keys that are out have been out, summed. */
  get unfinished(): Duration {
    let total = 0;
    for (const { runningSince } of this.#items.values())
      if (runningSince !== undefined) total += this.#options.clock.now() - runningSince;
    return total;
  }

  /** Now, or as soon as the key is given back. A delay that was asked for before is void. */
  add(key: Key, priority = 0): void {
    this.#options.observer?.added();
    const item = this.#item(key);
    this.#cancelTimer(item);
    this.#enqueue(item, priority);
  }

  /** In a while, with the priority that it had last; the earliest of several times counts. */
  addAfter(key: Key, delay: Duration): void {
    const { clock } = this.#options;
    const item = this.#item(key);
    const { priority } = item;
    if (delay <= 0) return this.add(key, priority);
    if (item.turn) return;
    const instant = clock.now() + delay;
    if (item.timer && item.timer.instant <= instant) return;
    this.#cancelTimer(item);
    const handle = clock.at(instant, () => {
      item.timer = undefined;
      this.#options.observer?.added();
      this.#enqueue(item, priority);
    });
    item.timer = { instant, handle };
  }

  /** After a failure: in a while that doubles with every failure of this key since `forget`. Returns the delay. */
  retry(key: Key): Duration {
    const item = this.#item(key);
    item.failures++;
    const delay = backOffDelay(item.failures, this.#options.backOff ?? defaultBackOff);
    this.#options.observer?.retried();
    this.addAfter(key, delay);
    return delay;
  }

  /** The failures of this key are over. */
  forget(key: Key): void {
    const item = this.#items.get(key);
    if (!item) return;
    item.failures = 0;
    this.#tidy(item);
  }

  /** The next key, which is out from now on; nothing when none may be taken. */
  take(): Key | undefined {
    const turn = this.#waiting.take();
    if (!turn) return undefined;
    const { item } = turn;
    item.turn = undefined;
    item.priority = turn.priority;
    item.runningSince = this.#options.clock.now();
    this.#depth--;
    this.#running++;
    this.#options.observer?.started(item.runningSince - turn.since);
    return item.key;
  }

  /** Gives back a key that was taken. */
  finish(key: Key): void {
    const item = this.#items.get(key);
    if (item?.runningSince === undefined) throw new Error(`${key} was not taken from the queue`);
    this.#options.observer?.finished(this.#options.clock.now() - item.runningSince);
    item.runningSince = undefined;
    this.#running--;
    this.#waiting.release(namespaceOf(key));
    if (item.turn) {
      this.#waiting.push(namespaceOf(key), item.turn);
      this.#depth++;
    }
    // another of its namespace may go now
    if (this.#depth > 0) this.#options.onReady();
    this.#tidy(item);
  }

  /** Forgets what waits, now or later, and all failures. Keys that are out stay out until they are given back. */
  clear(): void {
    for (const item of this.#items.values()) {
      this.#cancelTimer(item);
      item.turn = undefined;
      item.failures = 0;
      this.#tidy(item);
    }
    this.#waiting.clear();
    this.#depth = 0;
  }

  #enqueue(item: Item, priority: number): void {
    const before = item.turn;
    if (before && before.priority >= priority) return;
    const order = before?.order ?? this.#order++;
    item.turn = { item, priority, order, since: before?.since ?? this.#options.clock.now() };
    if (item.runningSince !== undefined) return;
    this.#waiting.push(namespaceOf(item.key), item.turn);
    if (!before) this.#depth++;
    this.#options.onReady();
  }

  #item(key: Key): Item {
    const known = this.#items.get(key);
    if (known) return known;
    const item: Item = { key, turn: undefined, runningSince: undefined, timer: undefined, failures: 0, priority: 0 };
    this.#items.set(key, item);
    return item;
  }

  #cancelTimer(item: Item): void {
    item.timer?.handle[Symbol.dispose]();
    item.timer = undefined;
  }

  #tidy(item: Item): void {
    const idle = !item.turn && !item.timer && item.runningSince === undefined && item.failures === 0;
    if (idle) this.#items.delete(item.key);
  }
}
