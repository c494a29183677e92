import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaDistribution, logGamma } from './beta.js';

describe('the distribution function of Beta', () => {
  // closed forms: x^a for b = 1, 1 − (1 − x)^b for a = 1, 3x² − 2x³ for a = b = 2, (2/π)·asin √x for a = b = ½
  test.each([
    ['is x for the uniform distribution', 0.3, 1, 1, 0.3],
    ['is a power for b = 1', 0.4, 3, 1, 0.4 ** 3],
    ['is the complement of a power for a = 1', 0.4, 1, 5, 1 - 0.6 ** 5],
    ['is a cubic for a = b = 2', 0.7, 2, 2, 3 * 0.49 - 2 * 0.343],
    ['is the arcsine law for a = b = ½', 0.2, 0.5, 0.5, (2 / Math.PI) * Math.asin(Math.sqrt(0.2))],
    ['is a half in the middle of a narrow one', 0.5, 5000, 5000, 0.5],
    ['is 0 at 0', 0, 2, 3, 0],
    ['is 1 at 1', 1, 2, 3, 1],
  ])('%s', (_what, x, a, b, expected) => {
    expect(betaDistribution(x, a, b)).toBeCloseTo(expected, 10);
  });

  test('grows from 0 to 1, and mirrors that of the swapped parameters', () => {
    const parameter = fc.double({ min: 0.01, max: 2000, noNaN: true });
    // 1 − x of what is closer to 0 is 1 in doubles
    const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(parameter, parameter, share, share, (a, b, x, y) => {
        const [low, high] = [Math.min(x, y), Math.max(x, y)].map((at) => betaDistribution(at, a, b));
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high! - low!).toBeGreaterThan(-1e-9);
        expect(betaDistribution(x, a, b) + betaDistribution(1 - x, b, a)).toBeCloseTo(1, 9);
      }),
    );
  });
});

// Γ(½) = √π, Γ(n) = (n − 1)!
test.each([
  [0.5, Math.log(Math.sqrt(Math.PI))],
  [1, 0],
  [5, Math.log(24)],
  [11, Math.log(3_628_800)],
])('the logarithm of the gamma function at %d', (z, expected) => {
  expect(logGamma(z)).toBeCloseTo(expected, 12);
});
