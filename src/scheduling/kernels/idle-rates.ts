/** 1 − use/capacity, from 0 to 1; 0 where there is no capacity. */
export const idleRate = (use: number, capacity: number): number => (capacity > 0 ? Math.max(1 - use / capacity, 0) : 0);

/** out[i] += weight · idleRate, for the first `rows`. */
export function addIdleRates(
  use: Float64Array,
  capacity: Float64Array,
  weight: number,
  rows: number,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) out[row]! += weight * idleRate(use[row]!, capacity[row]!);
}
