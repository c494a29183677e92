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

/** Marks the rows in which the last sample, and in all at least so many of the last ones, was yes. */
export function markFrequent(
  history: Int32Array,
  { samples, atLeast }: { readonly samples: number; readonly atLeast: number },
  rows: number,
  marked: Uint8Array,
): void {
  for (let row = 0; row < rows; row++)
    if ((history[row]! & 1) === 1 && countLast(history[row]!, samples) >= atLeast) marked[row] = 1;
}

/** Takes the mark from the rows in which one of the last samples was yes. */
export function clearAny(history: Int32Array, samples: number, rows: number, marked: Uint8Array): void {
  for (let row = 0; row < rows; row++) if (countLast(history[row]!, samples) > 0) marked[row] = 0;
}

/** Takes the mark from the rows of which a resource is used to this share of its capacity or more. */
export function clearUsed(
  use: Float64Array,
  capacity: Float64Array,
  share: number,
  rows: number,
  marked: Uint8Array,
): void {
  for (let row = 0; row < rows; row++) if (capacity[row]! > 0 && use[row]! >= share * capacity[row]!) marked[row] = 0;
}

/** Marks the rows that have been sampled at least so often. */
export function markSampled(seen: Int32Array, least: number, rows: number, marked: Uint8Array): void {
  for (let row = 0; row < rows; row++) if (seen[row]! >= least) marked[row] = 1;
}

export function markedRows(marked: Uint8Array): readonly number[] {
  const rows: number[] = [];
  for (let row = 0; row < marked.length; row++) if (marked[row] === 1) rows.push(row);
  return rows;
}
