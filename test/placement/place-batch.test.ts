import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawCase, resources, worthOn } from '../../bench/placement/cases.js';
import { mostWorth } from '../../bench/placement/optimum.js';
import { placeBatch } from '../../bench/placement/place-batch.js';
import { comparedPolicies } from '../../bench/placement/policies.js';
import { loadSolver } from '../../bench/placement/program.js';
import { seededRandom } from '../../src/support/random.js';

const solver = await loadSolver(60);

test.each(comparedPolicies.map((one) => [one.name, one] as const))(
  '%s places no more than there is of pods and of room, and is not better than the optimum',
  (_name, { create }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const placement = drawCase(seededRandom(seed), { demand: 0.9, size: 1 });
        const placed = placeBatch(placement, create(), seededRandom(seed).split('policy'));
        for (const [job, { pods }] of placement.classes.entries())
          expect(placed.reduce((sum, onNode) => sum + (onNode[job] ?? 0), 0)).toBeLessThanOrEqual(pods);
        for (const [node, { capacity }] of placement.nodes.entries())
          for (const resource of resources) {
            const held = placement.classes.reduce(
              (sum, { requests }, job) => sum + (placed[node]?.[job] ?? 0) * (requests[resource] ?? 0),
              0,
            );
            expect(held).toBeLessThanOrEqual(capacity[resource] ?? 0);
          }
        // without whole numbers there is no more to be had either
        const { integers: _integers, ...relaxed } = mostWorth(placement, worthOn);
        const worth = placed.flatMap((onNode, node) =>
          onNode.map((count, job) => count * worthOn(placement, job, node)),
        );
        const total = worth.reduce((sum, one) => sum + one, 0);
        expect(total).toBeLessThanOrEqual(solver(relaxed).objective * (1 + 1e-6));
      }),
      { numRuns: 5 },
    );
  },
);
