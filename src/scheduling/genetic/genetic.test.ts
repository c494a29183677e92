import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../support/random.js';
import { evolve } from './evolution.js';
import { kMeans } from './k-means.js';
import { rentalGenome, type RentalProblem } from './rental.js';

describe('k-means', () => {
  // by hand: two groups far apart; (1, 100) counts three times, so that the centre of its group is (1.25, 125)
  const points = [
    { x: 1, y: 100, count: 3 },
    { x: 2, y: 200, count: 1 },
    { x: 90, y: 9000, count: 1 },
    { x: 110, y: 11_000, count: 1 },
  ];

  test.each([1, 2, 3])('finds two groups by cpu and memory, whatever the seed (%d)', (seed) => {
    const clusters = [...kMeans(points, 2, seededRandom(seed))].sort((a, b) => a.x - b.x);
    expect(clusters).toEqual([
      { x: 1.25, y: 125, members: [0, 1] },
      { x: 100, y: 10_000, members: [2, 3] },
    ]);
  });

  test('makes no more clusters than there are different points', () => {
    const same = [points[0]!, points[0]!];
    expect(kMeans(same, 3, seededRandom(1))).toHaveLength(1);
    expect(kMeans([], 3, seededRandom(1))).toEqual([]);
  });
});

const problem = (sizes: readonly number[], nodes: readonly { free: number; price: number }[]): RentalProblem => ({
  resources: 1,
  demands: Float64Array.from(sizes),
  free: Float64Array.from(nodes, ({ free }) => free),
  nodes: nodes.length,
  prices: Float64Array.from(nodes, ({ price }) => price),
  allowed: new Uint8Array(sizes.length * nodes.length).fill(1),
  penalties: Float64Array.from(sizes, () => 1000),
});

/** The least that any assignment costs, by trying each. */
function cheapest(sizes: readonly number[], nodes: readonly { free: number; price: number }[]): number {
  const [size, ...others] = sizes;
  if (size === undefined) return 0;
  return nodes.reduce(
    (least, { free, price }, index) =>
      free < size
        ? least
        : Math.min(least, price + cheapest(others, nodes.with(index, { free: free - size, price: 0 }))),
    1000 + cheapest(others, nodes),
  );
}

describe('the search for the least rent', () => {
  // by hand: first fit rents the first two for 3 + 3; the last holds both for 4
  test('finds what first fit does not', () => {
    const genome = rentalGenome(
      problem(
        [6, 6],
        [
          { free: 8, price: 3 },
          { free: 8, price: 3 },
          { free: 12, price: 4 },
        ],
      ),
    );
    const genes = evolve(genome, { population: 20, generations: 20, mutation: 0.1 }, seededRandom(1));
    expect([...genes]).toEqual([2, 2]);
  });

  test('comes to the cheapest of all assignments on small cases', () => {
    const node = fc.record({ free: fc.integer({ min: 0, max: 12 }), price: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
        fc.array(node, { minLength: 1, maxLength: 3 }),
        (sizes, nodes) => {
          const genome = rentalGenome(problem(sizes, nodes));
          const genes = evolve(genome, { population: 60, generations: 100, mutation: 0.3 }, seededRandom(1));
          expect(genome.cost(genes.slice())).toBe(cheapest(sizes, nodes));
        },
      ),
      { numRuns: 50 },
    );
  });
});
