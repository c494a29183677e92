/** Random lives of a Deployment with stock, in virtual time: scaled, rolled out, lost, with operators that crash. */
import { describe, expect, it } from 'vitest';
import { run } from './histories/run.js';

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe('a Deployment with stock, whatever happens to it', () => {
  let handedOver = 0;

  it.each(seeds)('gets what it wants and no more, seed %i', async (seed) => {
    const outcome = await run(seed);
    handedOver += outcome.handedOver;
    expect(outcome.violations.length === 0 ? 'kept' : [...outcome.violations, outcome.told].join('\n')).toBe('kept');
  });

  it('has had containers from stock in these lives', () => {
    expect(handedOver).toBeGreaterThan(seeds.length);
  });
});
