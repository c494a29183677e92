/** Sets `feasible` to 0 for each row in whose domain something is counted. Rows without a domain stay. */
export function refuseCounted(feasible: Uint8Array, rows: number, ids: Int32Array, counts: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (id >= 0 && counts[id]! > 0) feasible[row] = 0;
  }
}

/** Sets `feasible` to 0 for each row in whose domain nothing is counted, or that has no domain. */
export function refuseUncounted(
  feasible: Uint8Array,
  rows: number,
  ids: Int32Array,
  counts: Float64Array | undefined,
): void {
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (!(id >= 0 && counts !== undefined && counts[id]! > 0)) feasible[row] = 0;
  }
}

/** Sets `feasible` to 0 for each row that has no domain. */
export function refuseWithoutDomain(feasible: Uint8Array, rows: number, ids: Int32Array): void {
  for (let row = 0; row < rows; row++) if (!(ids[row]! >= 0)) feasible[row] = 0;
}

/** Adds to each row what is counted in its domain. */
export function addCounted(out: Float64Array, rows: number, ids: Int32Array, counts: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (id >= 0) out[row]! += counts[id]!;
  }
}
