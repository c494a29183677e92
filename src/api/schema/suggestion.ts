/** The likest of some words, if one is like enough: with less than half of it mistyped, and at most three times. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(Math.ceil(word.length / 2), 4);
  for (const candidate of candidates) {
    const mistakes = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (mistakes < least) [best, least] = [candidate, mistakes];
  }
  return best;
}

const longestWord = 64;

/** The fewest insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). Longer words are cut. */
function editDistance(from: string, to: string): number {
  const [a, b] = [from.slice(0, longestWord), to.slice(0, longestWord)];
  let above: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (above[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(substitution, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [above, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
