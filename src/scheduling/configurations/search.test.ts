import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestConfiguration, type ConfigurationProblem } from './search.js';

interface Given {
  readonly free: readonly number[];
  readonly classes: readonly { readonly demand: readonly number[]; readonly limit: number; readonly value: number }[];
}

const problemOf = ({ free, classes }: Given): ConfigurationProblem => ({
  free: Float64Array.from(free),
  demands: Float64Array.from(classes.flatMap(({ demand }) => demand)),
  limits: Int32Array.from(classes, ({ limit }) => limit),
  values: Float64Array.from(classes, ({ value }) => value),
});

/** What all configurations are worth, by trying each. */
function bruteForce({ free, classes }: Given): number {
  const [first, ...others] = classes;
  if (!first) return 0;
  let best = 0;
  for (let count = 0; count <= first.limit; count++) {
    const left = free.map((room, r) => room - count * first.demand[r]!);
    if (count > 0 && left.some((room, r) => room < 0 && first.demand[r]! > 0)) break;
    best = Math.max(best, count * Math.max(first.value, 0) + bruteForce({ free: left, classes: others }));
  }
  return best;
}

const given: fc.Arbitrary<Given> = fc.integer({ min: 1, max: 3 }).chain((resources) =>
  fc.record({
    free: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: resources, maxLength: resources }),
    classes: fc.array(
      fc.record({
        demand: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: resources, maxLength: resources }),
        limit: fc.integer({ min: 0, max: 5 }),
        value: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10, noNaN: true })),
      }),
      { maxLength: 4 },
    ),
  }),
);

describe('the best configuration', () => {
  test('is worth what the best of all configurations is worth, and fits', () => {
    fc.assert(
      fc.property(given, (one) => {
        const { counts, value, exact } = bestConfiguration(problemOf(one), 1e6);
        expect(exact).toBe(true);
        expect(value).toBeCloseTo(bruteForce(one), 9);
        expect(one.classes.reduce((sum, each, m) => sum + each.value * counts[m]!, 0)).toBeCloseTo(value, 9);
        for (const [m, { limit }] of one.classes.entries()) expect(counts[m]).toBeLessThanOrEqual(limit);
        for (const [r, room] of one.free.entries()) {
          const used = one.classes.reduce((sum, { demand }, m) => sum + demand[r]! * counts[m]!, 0);
          expect(used).toBeLessThanOrEqual(room);
        }
      }),
      { numRuns: 500 },
    );
  });

  // by hand: greedy by worth takes one of 6 for 9 and has room for nothing more than one of 4 for 5; two of 5 for 7 are worth 14
  const trap: Given = {
    free: [10],
    classes: [
      { demand: [6], limit: 9, value: 9 },
      { demand: [5], limit: 9, value: 7 },
    ],
  };

  test('is found where greed goes wrong', () => {
    expect(bestConfiguration(problemOf(trap), 1000)).toEqual({ counts: Int32Array.of(0, 2), value: 14, exact: true });
  });

  test('is the greedy one, and said not to be exact, where the search may not go on', () => {
    expect(bestConfiguration(problemOf(trap), 2)).toEqual({ counts: Int32Array.of(1, 0), value: 9, exact: false });
  });
});
