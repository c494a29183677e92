/** One resource of all rows, and how much of it is asked for. */
export interface Demand {
  readonly capacity: Float64Array;
  readonly requested: Float64Array;
  readonly amount: number;
}

/** Sets `feasible` to 0 for each row in which more is asked for than is left. */
export function refuseLacking(feasible: Uint8Array, rows: number, { capacity, requested, amount }: Demand): void {
  for (let row = 0; row < rows; row++) if (amount > capacity[row]! - requested[row]!) feasible[row] = 0;
}

/** The same of three resources in one pass: nearly all pods ask for cpu, memory and their place. */
export function refuseLackingAny(feasible: Uint8Array, rows: number, one: Demand, two: Demand, three: Demand): void {
  const { capacity: a, requested: b, amount: c } = one;
  const { capacity: d, requested: e, amount: f } = two;
  const { capacity: g, requested: h, amount: i } = three;
  for (let row = 0; row < rows; row++)
    if (c > a[row]! - b[row]! || f > d[row]! - e[row]! || i > g[row]! - h[row]!) feasible[row] = 0;
}
