import { expect, it } from 'vitest';
import * as mutants from './mutants.js';
import { run } from './run.js';
import { report } from './trace.js';

/** So many seeds a mistake may survive. */
const seeds = 150;

/** The report on the first seed that the mistake fails. */
async function findOut(mutate: mutants.Mutant): Promise<string> {
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await run({ seed, mutate });
    if (result.violations.length > 0) return report(result);
  }
  return `${seeds} seeds passed`;
}

const { mistakes } = mutants;

it.each(Object.entries(mistakes))('finds out an operator %s', async (_, mutate) => {
  expect(await findOut(mutate)).toMatch(/^seed \d+: .*\n {2}[a-z ]+: /);
});
