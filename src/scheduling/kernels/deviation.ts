/** The standard deviation of the values of the rows that are marked, over their number; 0 of none. */
export function deviation(values: Float64Array, marked: Uint8Array, rows: number): number {
  let count = 0;
  let sum = 0;
  for (let row = 0; row < rows; row++)
    if (marked[row] === 1) {
      count++;
      sum += values[row]!;
    }
  if (count === 0) return 0;
  const mean = sum / count;
  let squares = 0;
  for (let row = 0; row < rows; row++) if (marked[row] === 1) squares += (values[row]! - mean) ** 2;
  return Math.sqrt(squares / count);
}
