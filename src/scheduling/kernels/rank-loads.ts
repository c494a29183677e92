/** The least load first: scores[i] = −scores[i] − penalty · over[i], for the first `rows`. `scores` holds loads when it is called. */
export function rankLeastLoad(over: Uint8Array, penalty: number, rows: number, scores: Float64Array): void {
  for (let row = 0; row < rows; row++) scores[row] = -scores[row]! - penalty * over[row]!;
}

/** The greatest load first, but nothing that is over something: those come last, the least load first. */
export function rankMostLoad(over: Uint8Array, penalty: number, rows: number, scores: Float64Array): void {
  for (let row = 0; row < rows; row++) if (over[row]! > 0) scores[row] = -scores[row]! - penalty * over[row]!;
}
