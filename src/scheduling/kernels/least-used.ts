/** ⌊100·(capacity − used)/capacity⌋, 0 where more is used than there is, or nothing is there. */
export const leastUsedScore = (used: number, capacity: number): number =>
  capacity <= 0 || used > capacity ? 0 : Math.floor((100 * (capacity - used)) / capacity);

/** out[i] += weight · leastUsedScore with `amount` more in use, for the first `rows`. */
export function addLeastUsed(
  use: Float64Array,
  capacity: Float64Array,
  amount: number,
  weight: number,
  rows: number,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) out[row]! += weight * leastUsedScore(use[row]! + amount, capacity[row]!);
}

/** out[i] = ⌊out[i]/total⌋ where something was measured, else 0, for the first `rows`. */
export function divideMeasured(measured: Float64Array, total: number, rows: number, out: Float64Array): void {
  for (let row = 0; row < rows; row++) out[row] = measured[row]! >= 0 ? Math.floor(out[row]! / total) : 0;
}
