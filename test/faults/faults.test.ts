import { describe, expect, it } from 'vitest';
import { run } from './run.js';
import { report } from './trace.js';

const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

describe('with faults of every sort', () => {
  it.each(seeds)('keeps its promises, seed %i', async (seed) => {
    const result = await run({ seed });
    expect(result.violations.length === 0 ? 'kept' : report(result)).toBe('kept');
  });
});

it('runs a seed twice in the very same way', async () => {
  const [first, second] = [await run({ seed: 4 }), await run({ seed: 4 })];
  expect(second.history.digest).toBe(first.history.digest);
});
