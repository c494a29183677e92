/** Numbers of containers in the notation of a Job's `completedIndexes`: `0-2,5`. Pure. */

/** The numbers as text, ascending; `undefined`: none. */
export function formatIndexes(indexes: Iterable<number>): string | undefined {
  const ranges: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && index <= last[1] + 1) last[1] = index;
    else ranges.push([index, index]);
  }
  if (ranges.length === 0) return undefined;
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

/** The most numbers that are read: those of the largest claim. */
const most = 10_000;

/** The numbers that a text names. What is no such text names none. */
export function parseIndexes(text: string | undefined): ReadonlySet<number> {
  const indexes = new Set<number>();
  for (const range of text?.split(',') ?? []) {
    const [first = NaN, last = first] = range.split('-', 2).map((number) => Number.parseInt(number, 10));
    for (let index = first; index <= last && index < most; index++) indexes.add(index);
  }
  return indexes;
}
