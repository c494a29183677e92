/** out[i] += penalty where `amount` is more than what is left, for the first `rows`. */
export function addWhereShort(
  left: Float64Array,
  amount: number,
  penalty: number,
  rows: number,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) if (left[row]! < amount) out[row]! += penalty;
}
