import type { Assignment, Queue } from '../policies/policy.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { kindOf, Room } from './room.js';

/** Counts of pods by class (`kindOf`). */
export type Kinds = ReadonlyMap<string, number>;

/** Queues and room while pods are assigned in one round. */
export class Round {
  readonly room: Room;
  /** How many of each queue still wait. */
  readonly waiting: Int32Array;
  readonly assignments: Assignment[] = [];
  readonly #queues: readonly Queue[];

  private constructor(queues: readonly Queue[], room: Room, waiting: Int32Array) {
    this.#queues = queues;
    this.room = room;
    this.waiting = waiting;
  }

  static start(queues: readonly Queue[], nodes: Snapshot): Round {
    return new Round(
      queues,
      new Room(queues, nodes),
      Int32Array.from(queues, ({ length }) => length),
    );
  }

  /** What would be if: it goes on from here, and this one does not see it. */
  trial(): Round {
    return new Round(this.#queues, this.room.copy(), this.waiting.slice());
  }

  /** How many still wait, of all queues. */
  get left(): number {
    return this.waiting.reduce((sum, count) => sum + count, 0);
  }

  /** How many of each queue wait and, by themselves, fit on a row. */
  limits(row: number): Int32Array {
    return this.waiting.map((count, queue) => this.room.fits(queue, row, count));
  }

  assign(queue: number, row: number, count: number): void {
    if (count <= 0) return;
    this.room.take(queue, row, count);
    this.waiting[queue]! -= count;
    this.assignments.push({ queue, row, count });
  }

  /** Assigns what of these classes is missing, as far as it waits and fits, in this order of the queues. */
  refill(row: number, missing: Kinds, order: readonly number[]): void {
    const left = new Map(missing);
    for (const queue of order) {
      const queued = this.#queues[queue];
      if (!queued) continue;
      const kind = kindOf(queued.shape);
      const wanted = left.get(kind) ?? 0;
      const count = this.room.fits(queue, row, Math.min(wanted, this.waiting[queue]!));
      left.set(kind, wanted - count);
      this.assign(queue, row, count);
    }
  }
}

/** What a configuration has more of than is held. */
export const missingOf = (configuration: Kinds, held: Kinds): Kinds =>
  new Map([...configuration].map(([kind, count]) => [kind, Math.max(count - (held.get(kind) ?? 0), 0)]));

/** Classes and what is added of each queue. */
export function withAdded(kinds: Kinds, queues: readonly Queue[], added: Int32Array): Kinds {
  const sum = new Map(kinds);
  for (const [queue, { shape }] of queues.entries())
    if (added[queue]! > 0) sum.set(kindOf(shape), (sum.get(kindOf(shape)) ?? 0) + added[queue]!);
  return sum;
}
