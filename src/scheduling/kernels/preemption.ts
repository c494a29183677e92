/** What pre-emption would cost on each row: the less, the better, in this order. Rows that are no candidates hold anything. */
export interface PreemptionCosts {
  /** Victims that a disruption budget does not allow to be evicted. */
  readonly violations: Float64Array;
  readonly highestPriority: Float64Array;
  /** Of victims that are not stock, each moved by 2³¹, so that many victims of a low priority cost more than few of it. */
  readonly sumOfPriorities: Float64Array;
  /** Those that are not stock. */
  readonly victims: Float64Array;
  /** Victims that are. */
  readonly stock: Float64Array;
  /** When the first of the victims of the highest priority started, negated: the later, the better. */
  readonly start: Float64Array;
}

export const priorityOffset = 2 ** 31;

export const createCosts = (rows: number): PreemptionCosts => ({
  violations: new Float64Array(rows),
  highestPriority: new Float64Array(rows),
  sumOfPriorities: new Float64Array(rows),
  victims: new Float64Array(rows),
  stock: new Float64Array(rows),
  start: new Float64Array(rows),
});

/** The pods of one row, the most important first. */
export interface RankedPods {
  readonly priorities: Float64Array;
  readonly starts: Float64Array;
  /** 1 for containers in the stock of a pool. */
  readonly stock: Uint8Array;
  /** What they hold of some resources: all of the first pod, then all of the second, … */
  readonly held: Float64Array;
  readonly resources: number;
}

/** What the pod asks for of one resource. */
export interface PreemptionDemand {
  /** Where the resource stands in `held`. */
  readonly index: number;
  readonly capacity: Float64Array;
  readonly requested: Float64Array;
  /** What pods have been promised that are not there yet. */
  readonly promised: Float64Array;
  readonly amount: number;
}

/**
 * Takes all pods of lower priority off a row and puts them back in `order` as long as what is asked for is left, as far as resources go.
 * The first `violating` in `order` are those that a budget protects. Writes what the others cost.
 *
 * @param order places in `pods`, `count` of them
 * @param left room for as many numbers as there are demands
 * @returns the number of victims; 0: it fits with all of them, or without any of them not
 */
export function reprieve(
  row: number,
  pods: RankedPods,
  demands: readonly PreemptionDemand[],
  order: Int32Array,
  count: number,
  violating: number,
  left: Float64Array,
  costs: PreemptionCosts,
): number {
  const { priorities, starts, stock, held, resources } = pods;
  for (let at = 0; at < demands.length; at++) {
    const { index, capacity, requested, promised, amount } = demands[at]!;
    let room = capacity[row]! - requested[row]! - promised[row]! - amount;
    for (let place = 0; place < count; place++) room += held[order[place]! * resources + index]!;
    if (room < 0) return 0;
    left[at] = room;
  }
  let [victims, inStock, violations, sum, highest, start] = [0, 0, 0, 0, -Infinity, Infinity];
  for (let place = 0; place < count; place++) {
    const pod = order[place]!;
    let fits = true;
    for (let at = 0; at < demands.length; at++)
      if (held[pod * resources + demands[at]!.index]! > left[at]!) fits = false;
    if (fits) {
      for (let at = 0; at < demands.length; at++) left[at]! -= held[pod * resources + demands[at]!.index]!;
      continue;
    }
    const priority = priorities[pod]!;
    if (place < violating) violations++;
    if (stock[pod]) inStock++;
    else {
      victims++;
      sum += priority + priorityOffset;
    }
    if (priority > highest) start = Infinity;
    if (priority >= highest) {
      highest = priority;
      if (starts[pod]! < start) start = starts[pod]!;
    }
  }
  costs.victims[row] = victims;
  costs.stock[row] = inStock;
  costs.violations[row] = violations;
  costs.sumOfPriorities[row] = sum;
  costs.highestPriority[row] = highest;
  costs.start[row] = -start;
  return victims + inStock;
}

/** Keeps those of the first `count` rows of which the value is least, in their order. Returns how many. */
export function keepLeast(rows: Int32Array, count: number, values: Float64Array): number {
  let least = Infinity;
  let kept = 0;
  for (let index = 0; index < count; index++) {
    const row = rows[index]!;
    const value = values[row]!;
    if (value > least) continue;
    if (value < least) kept = 0;
    least = value;
    rows[kept++] = row;
  }
  return kept;
}
