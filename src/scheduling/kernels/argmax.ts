/**
 * The row with the highest score among the feasible ones; of equal ones that with the least in `ties`, then the first. -1: there is
 * none.
 */
export function argmax(scores: Float64Array, ties: Float64Array, feasible: Uint8Array, rows: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    if (feasible[row] !== 1) continue;
    const score = scores[row]!;
    if (score > most || best < 0 || (score === most && ties[row]! < ties[best]!)) {
      best = row;
      most = score;
    }
  }
  return best;
}
