import { expect, it } from 'vitest';
import * as mutants from './mutants.js';
import { run } from './run.js';
import { report } from './trace.js';

/** So many seeds a mistake may survive. */
const seeds = 60;

it.each(Object.entries(mutants))('finds out an operator %s', async (_, mutate) => {
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await run({ seed, mutate });
    if (result.violations.length === 0) continue;
    expect(report(result)).toMatch(new RegExp(`^seed ${seed}: `));
    return;
  }
  expect.fail(`${seeds} seeds passed`);
});
