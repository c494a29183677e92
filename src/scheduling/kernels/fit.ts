/** Sets `feasible` to 0 for each row in which `amount` is more than what is left. */
export function refuseLacking(
  feasible: Uint8Array,
  rows: number,
  capacity: Float64Array,
  requested: Float64Array,
  amount: number,
): void {
  for (let row = 0; row < rows; row++) if (amount > capacity[row]! - requested[row]!) feasible[row] = 0;
}
