/** The greatest of the feasible rows' scores, at least 0. */
export function greatest(scores: Float64Array, feasible: Uint8Array, rows: number): number {
  let most = 0;
  for (let row = 0; row < rows; row++) if (feasible[row] && scores[row]! > most) most = scores[row]!;
  return most;
}

/** From 0…greatest to 0…100 (`DefaultNormalizeScore`). All 0 stays 0. */
export function normalize(scores: Float64Array, feasible: Uint8Array, rows: number): void {
  const most = greatest(scores, feasible, rows);
  if (most === 0) return;
  for (let row = 0; row < rows; row++) scores[row] = Math.trunc((100 * scores[row]!) / most);
}

/** The same, where the greatest becomes 0 and nothing becomes 100. */
export function normalizeReversed(scores: Float64Array, feasible: Uint8Array, rows: number): void {
  const most = greatest(scores, feasible, rows);
  for (let row = 0; row < rows; row++) scores[row] = most === 0 ? 100 : 100 - Math.trunc((100 * scores[row]!) / most);
}

/** From least…greatest to 0…100; all equal becomes 0. */
export function normalizeRange(scores: Float64Array, feasible: Uint8Array, rows: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    if (!feasible[row]) continue;
    if (scores[row]! < least) least = scores[row]!;
    if (scores[row]! > most) most = scores[row]!;
  }
  const width = most - least;
  for (let row = 0; row < rows; row++) scores[row] = width > 0 ? Math.trunc(100 * ((scores[row]! - least) / width)) : 0;
}

/** out += weight · scores. */
export function addWeighted(
  out: Float64Array,
  scores: Float64Array,
  weight: number,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let row = from; row < to; row++) out[row]! += weight * scores[row]!;
}

/** From least…greatest to 100·(greatest + least − score)/greatest: the least gets 100. Rows that are not `scored` get 0. */
export function normalizeMirrored(scores: Float64Array, scored: Uint8Array, rows: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let row = 0; row < rows; row++) {
    if (!scored[row]) continue;
    if (scores[row]! < least) least = scores[row]!;
    if (scores[row]! > most) most = scores[row]!;
  }
  for (let row = 0; row < rows; row++)
    if (!scored[row]) scores[row] = 0;
    else scores[row] = most === 0 ? 100 : Math.trunc((100 * (most + least - scores[row]!)) / most);
}
