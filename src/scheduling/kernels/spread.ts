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
    if (!(id >= 0) || (counts[id]! > 0 ? counts[id]! : 0) > most) feasible[row] = 0;
  }
}

/** Adds count·weight + bonus to each row that has a domain. `perRow`: counts are those of rows, not of domains. Below 0: none. */
export function addSpread(
  out: Float64Array,
  rows: number,
  ids: Int32Array,
  counts: Int32Array,
  { weight, bonus, perRow }: { readonly weight: number; readonly bonus: number; readonly perRow: boolean },
): void {
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    if (!(id >= 0)) continue;
    const count = counts[perRow ? row : id]!;
    out[row]! += (count > 0 ? count : 0) * weight + bonus;
  }
}

/** How many rows are set. */
export function numberOf(rows: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += rows[row]!;
  return sum;
}

/** How many domains the set rows are in; those that have none count as one more. */
export function domainsOf(set: Uint8Array, rows: number, ids: Int32Array, domains: number): number {
  const seen = new Uint8Array(domains + 1);
  for (let row = 0; row < rows; row++) if (set[row]) seen[ids[row]! >= 0 ? ids[row]! : domains] = 1;
  return numberOf(seen);
}

/** Clears each row that is not in `those`. */
export function keepOnly(rows: Uint8Array, those: Uint8Array): void {
  for (let row = 0; row < rows.length; row++) if (!those[row]) rows[row] = 0;
}
