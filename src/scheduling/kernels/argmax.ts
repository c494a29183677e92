/** The first row with the highest score among the feasible ones; -1: there is none. */
export function argmax(scores: Float64Array, feasible: Uint8Array, rows: number): number {
  let best = -1;
  let most = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++)
    if (feasible[row] === 1 && (scores[row]! > most || best < 0)) {
      best = row;
      most = scores[row]!;
    }
  return best;
}
