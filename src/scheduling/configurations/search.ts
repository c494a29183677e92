/** How many of each class a node is to hold: a bounded knapsack with several resources. */
export interface ConfigurationProblem {
  /** What is free of each resource; ∞: as much as may be. */
  readonly free: Float64Array;
  /** What one of a class asks for: `demands[m · resources + r]`. */
  readonly demands: Float64Array;
  /** How many of each class at most. */
  readonly limits: Int32Array;
  /** What one of each class is worth; classes worth nothing are left out. */
  readonly values: Float64Array;
}

export interface Configuration {
  /** H_m */
  readonly counts: Int32Array;
  /** Σ_m values_m · H_m */
  readonly value: number;
  /** Whether the search came to its end: otherwise it is the best of what was seen. */
  readonly exact: boolean;
}

/**
 * The feasible configuration that is worth the most: argmax Σ_m v_m·H_m with Σ_m a_rm·H_m ≤ C_r and 0 ≤ H_m ≤ limit_m. Depth first by
 * branch and bound, the classes with the most worth for their size first and as many of each as fit, so that the first leaf is the
 * greedy one. A branch is left when not even parts of pods could make it better: for each resource, and for the sum of all resources,
 * each over what is free of it, what is left is filled with the classes that are worth the most for their demand.
 *
 * @param steps after so many branches the search ends
 */
export function bestConfiguration(problem: ConfigurationProblem, steps: number): Configuration {
  return new Search(problem, steps).run();
}

/** How many of a demand fit into what is free, at most `limit`. */
export function fitting(
  free: Float64Array,
  freeAt: number,
  demands: Float64Array,
  at: number,
  resources: number,
  limit: number,
): number {
  let count = limit;
  for (let r = 0; r < resources && count > 0; r++) {
    const demand = demands[at + r]!;
    if (demand <= 0) continue;
    const room = free[freeAt + r]!;
    if (count * demand <= room) continue;
    count = room < demand ? 0 : Math.floor(room / demand);
    // the quotient may have been rounded up
    if (count * demand > room) count--;
  }
  return Math.max(count, 0);
}

/** The most first; ∞ is as much as ∞. */
const compareWorth = (a: number, b: number): number => (a === b ? 0 : b - a);

class Search {
  /** Resources, and after them the sum of all: a constraint too. */
  readonly #rows: number;
  readonly #resources: number;
  readonly #order: readonly number[];
  readonly #demands: Float64Array;
  readonly #values: Float64Array;
  readonly #limits: Int32Array;
  /** For each row the classes, what is worth the most for its demand first. */
  readonly #byWorth: readonly Int32Array[];
  /** What is free at each depth. */
  readonly #free: Float64Array;
  readonly #counts: Int32Array;
  readonly #best: Int32Array;
  readonly #classes: number;
  readonly #limit: number;
  #value = 0;
  #steps = 0;

  constructor({ free, demands, limits, values }: ConfigurationProblem, steps: number) {
    const resources = free.length;
    const all = limits.length;
    const rows = resources + 1;
    this.#resources = resources;
    this.#rows = rows;
    this.#limit = steps;
    this.#classes = all;
    const size = (m: number) => {
      let total = 0;
      for (let r = 0; r < resources; r++) if (free[r]! > 0) total += demands[m * resources + r]! / free[r]!;
      return total;
    };
    const fit = (m: number) => fitting(free, 0, demands, m * resources, resources, limits[m]!);
    const order = Array.from({ length: all }, (_, m) => m).filter((m) => values[m]! > 0 && fit(m) > 0);
    const density = new Map(order.map((m) => [m, values[m]! / size(m)]));
    order.sort((a, b) => density.get(b)! - density.get(a)! || size(b) - size(a) || a - b);
    this.#order = order;
    const count = order.length;
    this.#values = Float64Array.from(order, (m) => values[m]!);
    this.#limits = Int32Array.from(order, fit);
    this.#demands = new Float64Array(count * rows);
    for (const [depth, m] of order.entries()) {
      for (let r = 0; r < resources; r++) this.#demands[depth * rows + r] = demands[m * resources + r]!;
      this.#demands[depth * rows + resources] = size(m);
    }
    this.#byWorth = Array.from({ length: rows }, (_, r) => {
      const worth = (depth: number) => this.#values[depth]! / this.#demands[depth * rows + r]!;
      return Int32Array.from(order.keys()).sort((a, b) => compareWorth(worth(a), worth(b)) || a - b);
    });
    this.#free = new Float64Array((count + 1) * rows);
    this.#free.set(free);
    this.#free[resources] = free.reduce((total, room) => total + (room > 0 && room < Infinity ? 1 : 0), 0);
    this.#counts = new Int32Array(count);
    this.#best = new Int32Array(count);
  }

  run(): Configuration {
    this.#descend(0, 0);
    const counts = new Int32Array(this.#classes);
    for (const [depth, m] of this.#order.entries()) counts[m] = this.#best[depth]!;
    return { counts, value: this.#value, exact: this.#steps <= this.#limit };
  }

  #descend(depth: number, value: number): void {
    if (depth === this.#order.length) {
      if (value > this.#value) {
        this.#value = value;
        this.#best.set(this.#counts);
      }
      return;
    }
    const [rows, at, here] = [this.#rows, depth * this.#rows, depth * this.#rows];
    const most = fitting(this.#free, at, this.#demands, here, this.#resources, this.#limits[depth]!);
    // a configuration with fewer of the last class is not maximal
    const least = depth === this.#order.length - 1 ? most : 0;
    for (let count = most; count >= least; count--) {
      if (++this.#steps > this.#limit) return;
      for (let r = 0; r < rows; r++) this.#free[at + rows + r] = this.#free[at + r]! - count * this.#demands[here + r]!;
      const now = value + count * this.#values[depth]!;
      if (!this.#canBeat(depth + 1, now, this.#value * (1 + 1e-12))) continue;
      this.#counts[depth] = count;
      this.#descend(depth + 1, now);
    }
    this.#counts[depth] = 0;
  }

  /**
   * Whether no row says that the classes from `depth` on, with `value` of those before them, cannot be worth more than `best`. In a row, what
   * is left is filled with parts of pods, the classes that are worth the most for their demand first.
   */
  #canBeat(depth: number, value: number, best: number): boolean {
    const [rows, demands, limits, values] = [this.#rows, this.#demands, this.#limits, this.#values];
    for (let r = 0; r < rows; r++) {
      let room = Math.max(this.#free[depth * rows + r]!, 0);
      let worth = 0;
      const order = this.#byWorth[r]!;
      for (let at = 0; at < order.length && value + worth <= best; at++) {
        const other = order[at]!;
        if (other < depth) continue;
        const demand = demands[other * rows + r]!;
        // those that ask for nothing come first
        if (demand > 0 && room <= 0) break;
        const count = demand > 0 ? Math.min(limits[other]!, room / demand) : limits[other]!;
        room -= count * demand;
        worth += count * values[other]!;
      }
      if (value + worth <= best) return false;
    }
    return true;
  }
}
