import { expect, it } from 'vitest';
import { type Mistake, mistakes } from './mutants.js';
import { run } from './run.js';
import { report } from './trace.js';

/** So many seeds a mistake may survive. */
const seeds = 150;

/** The report on the first seed that the mistake fails. */
async function findOut({ mutate, from = 1 }: Mistake): Promise<string> {
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await run({ seed, mutate });
    if (result.violations.length > 0) return report(result);
  }
  return `${seeds} seeds passed`;
}

it.each(mistakes)('finds out an operator $name', async (mistake) => {
  expect(await findOut(mistake)).toMatch(/^seed \d+: .*\n {2}[a-z ]+: /);
});
