import { describe, expect, it } from 'vitest';
import { play } from './play.js';
import { run } from './run.js';

const seeds = Array.from({ length: 16 }, (_, i) => i + 1);

describe('the rebalancer, with faults of every sort,', () => {
  it.each(seeds)('keeps its promises, seed %i', async (seed) => {
    expect((await play(seed)).report ?? 'kept').toBe('kept');
  });
});

it('plays a seed twice in the very same way', async () => {
  const [first, second] = [await run(4), await run(4)];
  expect(second.record.digest).toBe(first.record.digest);
});
