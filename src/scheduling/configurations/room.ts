import { canonicalJson } from '../../support/digest.js';
import type { PodShape } from '../pod-shape.js';
import type { Queue } from '../policies/policy.js';
import type { Amounts } from '../resources/amounts.js';
import { nonZeroDefaults } from '../resources/pod-requests.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { fitting } from './search.js';

/**
 * What is free on all nodes while pods of several queues are assigned. Of resources that some queue requests: capacity less what is
 * requested. Of those that pods only say they will use (network, disk): capacity less use, without bound on nodes that declare no
 * capacity. The snapshot stays as it is.
 */
export class Room {
  readonly resources: readonly string[];
  /** What one pod of a queue asks for: `demands[queue · resources + r]`. */
  readonly demands: Float64Array;
  readonly #queues: readonly Queue[];
  readonly #nodes: Snapshot;
  /** `free[row · resources + r]` */
  readonly #free: Float64Array;

  constructor(queues: readonly Queue[], nodes: Snapshot, free?: Float64Array) {
    this.#queues = queues;
    this.#nodes = nodes;
    const requested = namesIn(queues.map(({ shape }) => shape.requests));
    const estimated = namesIn(queues.map(({ shape }) => shape.estimate)).filter(
      (name) => !requested.includes(name) && nonZeroDefaults[name] === undefined,
    );
    this.resources = [...requested, ...estimated];
    const count = this.resources.length;
    this.demands = Float64Array.from(
      queues.flatMap(({ shape }) => [
        ...requested.map((name) => shape.requests[name] ?? 0),
        ...estimated.map((name) => shape.estimate[name] ?? 0),
      ]),
    );
    this.#free = free ?? new Float64Array(nodes.rows * count);
    if (free) return;
    for (const [r, name] of this.resources.entries()) {
      const column = nodes.column(name);
      const unbounded = r >= requested.length;
      for (let row = 0; row < nodes.rows; row++) {
        const capacity = column?.capacity[row] ?? 0;
        const taken = (unbounded ? column?.use[row] : column?.requested[row]) ?? 0;
        this.#free[row * count + r] = unbounded && capacity === 0 ? Infinity : Math.max(capacity - taken, 0);
      }
    }
  }

  copy(): Room {
    return new Room(this.#queues, this.#nodes, this.#free.slice());
  }

  /** What is free on a row, in the order of the resources. Not to be written to. */
  free(row: number): Float64Array {
    const count = this.resources.length;
    return this.#free.subarray(row * count, (row + 1) * count);
  }

  /** What the node has in all, in the order of the resources. */
  capacity(row: number): Float64Array {
    return Float64Array.from(this.resources, (name) => this.#nodes.column(name)?.capacity[row] ?? 0);
  }

  allows(queue: number, row: number): boolean {
    return this.#nodes.present[row] === 1 && this.#queues[queue]?.feasible[row] === 1;
  }

  /** How many pods of a queue the row can still take, at most `limit`. */
  fits(queue: number, row: number, limit: number): number {
    if (limit <= 0 || !this.allows(queue, row)) return 0;
    const count = this.resources.length;
    return fitting(this.#free, row * count, this.demands, queue * count, count, limit);
  }

  /** How many pods of a queue would fit into amounts in the order of the resources. */
  fitting(queue: number, free: Float64Array): number {
    const count = this.resources.length;
    return fitting(free, 0, this.demands, queue * count, count, mostPods);
  }

  /** Whether all rows together have what so many pods of each queue ask for: if not, they cannot all be placed. */
  hasRoomFor(counts: Int32Array): boolean {
    const resources = this.resources.length;
    for (let r = 0; r < resources; r++) {
      let [asked, free] = [0, 0];
      for (const [queue, count] of counts.entries()) asked += count * this.demands[queue * resources + r]!;
      for (let at = r; at < this.#free.length; at += resources) free += this.#free[at]!;
      // both are rounded
      if (asked > free * (1 + 1e-9)) return false;
    }
    return true;
  }

  take(queue: number, row: number, count: number): void {
    const resources = this.resources.length;
    for (let r = 0; r < resources; r++)
      this.#free[row * resources + r]! -= count * this.demands[queue * resources + r]!;
  }
}

/** More pods than a node can have. */
const mostPods = 1_000_000;

/** The resources of which some of these are above 0, by name. */
const namesIn = (all: readonly Amounts[]): readonly string[] =>
  [...new Set(all.flatMap((amounts) => Object.keys(amounts).filter((name) => (amounts[name] ?? 0) > 0)))].sort();

const kinds = new WeakMap<PodShape, string>();

/** The class of a pod as configurations count it: equal for pods that request the same. */
export function kindOf(shape: PodShape): string {
  const known = kinds.get(shape);
  if (known !== undefined) return known;
  const kind = canonicalJson(shape.requests);
  kinds.set(shape, kind);
  return kind;
}

/** How many pods of each class are on a node. */
export function heldOn(nodes: Snapshot, row: number): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const { shape } of nodes.info(row)?.pods ?? []) {
    const kind = kindOf(shape);
    held.set(kind, (held.get(kind) ?? 0) + 1);
  }
  return held;
}
