/** A card of all rows: the card of this number of each node. */
export interface Card {
  readonly capacity: Float64Array;
  readonly requested: Float64Array;
}

/** Sets `feasible` to 0 for each row with fewer than `count` cards of which at least `each` is idle. */
export function refuseWithoutCards(
  feasible: Uint8Array,
  rows: number,
  cards: readonly Card[],
  each: number,
  count: number,
): void {
  for (let row = 0; row < rows; row++) {
    if (feasible[row] !== 1) continue;
    let found = 0;
    for (let at = 0; at < cards.length && found < count; at++) {
      const { capacity, requested } = cards[at]!;
      if (capacity[row]! - requested[row]! >= each) found++;
    }
    if (found < count) feasible[row] = 0;
  }
}
