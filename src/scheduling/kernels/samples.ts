/** Histories of yes and no, a bit for each sample, the latest in the lowest bit. */

/** Adds a sample to the history of each row that has a new one: whether use is over a share of the capacity. NaN is not. */
export function recordOver(
  use: Float64Array,
  capacity: Float64Array,
  share: number,
  isNew: Uint8Array,
  rows: number,
  history: Int32Array,
): void {
  for (let row = 0; row < rows; row++)
    if (isNew[row] === 1)
      history[row] = (history[row]! << 1) | (capacity[row]! > 0 && use[row]! > share * capacity[row]! ? 1 : 0);
}

/** In how many of the last samples, at most 31, it was yes. */
export function countLast(history: number, samples: number): number {
  let count = 0;
  for (let rest = history & (2 ** samples - 1); rest !== 0; rest &= rest - 1) count++;
  return count;
}
