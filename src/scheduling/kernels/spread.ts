/** Sets `feasible` to 0 for each row whose domain has more than `most` pods, or that has no domain. Counts below 0 are none. */
export function refuseSkewed(
  feasible: Uint8Array,
  rows: number,
  ids: Int32Array,
  counts: Int32Array,
  most: number,
): void {
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (!(id >= 0) || Math.max(0, counts[id]!) > most) feasible[row] = 0;
  }
}
