import type { Random } from '../../support/random.js';

/** The same items in an order that chance gives (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  const all = [...items];
  for (let last = all.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}
