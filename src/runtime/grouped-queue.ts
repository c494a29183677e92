import { Heap } from '../support/heap.js';

/** What waits: higher priorities first, equal ones in their order. */
export interface Ranked {
  readonly priority: number;
  readonly order: number;
}

interface Group<T> {
  readonly waiting: Heap<T>;
  /** How many of it are out. */
  out: number;
  /** Of groups with the same priority the one that was served, or has joined, longest ago goes first. */
  turn: number;
  /** Its place among the groups that may go, as long as that is the same object. */
  entry: Entry<T> | undefined;
}

interface Entry<T> {
  readonly group: Group<T>;
  readonly priority: number;
  readonly turn: number;
}

/**
 * What waits, in groups that take turns: of equal priority each group has one go before any has a second, and no group has
 * more out at once than its share. So neither a group with very much to do nor one whose work takes very long keeps
 * another waiting. Each operation takes logarithmic time.
 */
export class GroupedQueue<T extends Ranked> {
  readonly #groups = new Map<string, Group<T>>();
  #ready = byTurn<T>();
  #turn = 0;

  /**
   * @param share how many of one group may be out at once
   * @param isCurrent whether it still waits: what does not is left behind until its place comes up
   */
  constructor(
    private readonly share: number,
    private readonly isCurrent: (item: T) => boolean,
  ) {}

  push(name: string, item: T): void {
    const group = this.#group(name);
    if (!this.#headOf(group)) group.turn = ++this.#turn;
    group.waiting.push(item);
    this.#offer(group);
  }

  /** The next that may go, which is out from now on. */
  take(): T | undefined {
    for (;;) {
      const entry = this.#ready.pop();
      if (!entry) return undefined;
      const { group } = entry;
      if (group.entry !== entry) continue;
      group.entry = undefined;
      const head = this.#headOf(group);
      const goes = head?.priority === entry.priority;
      if (goes) {
        group.waiting.pop();
        group.out++;
        group.turn = ++this.#turn;
      }
      this.#offer(group);
      if (goes) return head;
    }
  }

  /** One of the group is out no more. */
  release(name: string): void {
    const group = this.#group(name);
    group.out--;
    this.#offer(group);
    if (group.out === 0 && !this.#headOf(group)) this.#groups.delete(name);
  }

  /** Nothing waits any more. What is out stays out. */
  clear(): void {
    this.#ready = byTurn();
    for (const [name, { out, turn }] of this.#groups) {
      if (out === 0) this.#groups.delete(name);
      else this.#groups.set(name, { waiting: byRank(), out, turn, entry: undefined });
    }
  }

  /** Has the group stand among those that may go, by the priority that it has now. */
  #offer(group: Group<T>): void {
    const head = this.#headOf(group);
    if (!head || group.out >= this.share) {
      group.entry = undefined;
      return;
    }
    if (group.entry?.priority === head.priority) return;
    group.entry = { group, priority: head.priority, turn: group.turn };
    this.#ready.push(group.entry);
  }

  #headOf({ waiting }: Group<T>): T | undefined {
    for (;;) {
      const head = waiting.peek();
      if (!head || this.isCurrent(head)) return head;
      waiting.pop();
    }
  }

  #group(name: string): Group<T> {
    const known = this.#groups.get(name);
    if (known) return known;
    const group: Group<T> = { waiting: byRank(), out: 0, turn: 0, entry: undefined };
    this.#groups.set(name, group);
    return group;
  }
}

const byRank = <T extends Ranked>() => new Heap<T>((a, b) => b.priority - a.priority || a.order - b.order);
const byTurn = <T>() => new Heap<Entry<T>>((a, b) => b.priority - a.priority || a.turn - b.turn);
