/** out[i] += factor · values[i], for the first `rows`. */
export function addScaled(values: Float64Array, factor: number, rows: number, out: Float64Array): void {
  for (let row = 0; row < rows; row++) out[row]! += factor * values[row]!;
}
