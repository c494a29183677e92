/**
 * Kernels over four columns at once, from column `first` on: reading and writing what they add to is most of what takes time. See
 * `inFours` for other numbers of columns.
 */

/** The columns, and the first again until there is a multiple of four: with the factor 0 it adds nothing. */
export function inFours(columns: readonly Float64Array[]): readonly Float64Array[] {
  const missing = (4 - (columns.length % 4)) % 4;
  return [...columns, ...columns.slice(0, 1).flatMap((column) => Array.from({ length: missing }, () => column))];
}

/** out[i] = from[i] + Σ_c factors[c] · columns[c][i], for the first `rows`; `from` may be `out`. */
export function addScaled(
  from: Float64Array,
  columns: readonly Float64Array[],
  factors: Float64Array,
  first: number,
  rows: number,
  out: Float64Array,
): void {
  const [a, b, c, d] = [columns[first]!, columns[first + 1]!, columns[first + 2]!, columns[first + 3]!];
  const [fa, fb, fc, fd] = [factors[first]!, factors[first + 1]!, factors[first + 2]!, factors[first + 3]!];
  for (let row = 0; row < rows; row++)
    out[row] = from[row]! + fa * a[row]! + fb * b[row]! + fc * c[row]! + fd * d[row]!;
}

/** counts[i] = from[i] + |{c : columns[c][i] < amounts[c]}|, for the first `rows`; `from` may be `counts`. */
export function countShort(
  from: Uint8Array,
  columns: readonly Float64Array[],
  amounts: Float64Array,
  first: number,
  rows: number,
  counts: Uint8Array,
): void {
  const [a, b, c, d] = [columns[first]!, columns[first + 1]!, columns[first + 2]!, columns[first + 3]!];
  const [fa, fb, fc, fd] = [amounts[first]!, amounts[first + 1]!, amounts[first + 2]!, amounts[first + 3]!];
  for (let row = 0; row < rows; row++)
    counts[row] =
      from[row]! + Number(a[row]! < fa) + Number(b[row]! < fb) + Number(c[row]! < fc) + Number(d[row]! < fd);
}
