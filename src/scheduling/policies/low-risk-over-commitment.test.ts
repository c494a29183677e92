import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everywhere, type GivenNode, infoOf, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { arbitraryNode } from '../../../test/scheduling/snapshots.js';
import type { PodShape } from '../pod-shape.js';
import { limitsOf } from '../snapshot/limits.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { createScorePolicy } from './index.js';

const name = 'low-risk-over-commitment';
const onlyCpu = { limitWeights: { cpu: 0.5 }, smoothingWindowSize: 1 };

function scoresOn(nodes: Snapshot, pod: PodShape, settings: object): readonly number[] {
  const out = new Float64Array(nodes.present.length);
  createScorePolicy(name, settings).score(pod, nodes, everywhere(nodes), out);
  return Array.from(out.subarray(0, nodes.rows));
}

/** One node of 1000 thousandths of a core, with a pod on it. */
const holding = (request: number, limit: number | undefined, use: number, variance: number): GivenNode => ({
  capacity: { cpu: 1000 },
  use: { cpu: use },
  variance: { cpu: variance },
  pods: [shapeOf({ cpu: request }, limit === undefined ? {} : { limits: { cpu: limit } })],
});

/** Mean ½ and variance 1/12: the use is distributed uniformly, so that P(U ≤ x) = x. */
const uniform = [500, 1000 ** 2 / 12] as const;
/** Mean ⅔ and variance 1/18: Beta(2, 1), P(U ≤ x) = x². */
const rising = [2000 / 3, 1000 ** 2 / 18] as const;

describe('low-risk-over-commitment', () => {
  const pod = shapeOf({ cpu: 100 }, { limits: { cpu: 500 } });

  // by hand, with the formula in the file of the policy
  test.each([
    // (2000 − 1000)/(2000 − 500) = 0.667 and 1 − 0.4, half each
    ['limits beyond the capacity, and load', pod, onlyCpu, holding(400, 1500, ...uniform), 37],
    // (1300 − 1000)/(1300 − 500) = 0.375 and 1 − 0.4/0.8
    ['load that limits bound', pod, onlyCpu, holding(400, 800, ...uniform), 56],
    // 1 − 0.4² = 0.84, the first summand as in the first case
    ['a load that tends upward', pod, onlyCpu, holding(400, 1500, ...rising), 25],
    // the variance of the samples is a fifth
    [
      'a smoothed load',
      pod,
      { ...onlyCpu, smoothingWindowSize: 5 },
      holding(400, 1500, uniform[0], uniform[1] / 5),
      37,
    ],
    // 1 − 0.667
    ['limits alone', pod, { ...onlyCpu, limitWeights: { cpu: 1 } }, holding(400, 1500, ...uniform), 33],
    // 1 − 0.6
    ['load alone', pod, { ...onlyCpu, limitWeights: { cpu: 0 } }, holding(400, 1500, ...uniform), 40],
    // limits 600 with the pod: no risk by limits; all use is below the request: P(U ≤ 0.4 | U ≤ 0.4) = 1
    [
      'a pod without a limit as one with its request',
      shapeOf({ cpu: 200 }),
      onlyCpu,
      holding(400, undefined, ...uniform),
      100,
    ],
    // without deviation the mean is above the request or not: half of 0.667, and half of 1 or of nothing
    ['a steady load above the requests', pod, onlyCpu, holding(400, 1500, 401, 0), 17],
    ['a steady load below the requests', pod, onlyCpu, holding(400, 1500, 400, 0), 67],
    ['an idle node', pod, onlyCpu, holding(400, 1500, 0, 0), 67],
    ['a node that was not measured', pod, onlyCpu, { capacity: { cpu: 1000 } }, 0],
    ['a pod that asks for nothing', shapeOf({}), onlyCpu, holding(400, 1500, ...uniform), 0],
  ])('scores %s', (_what, one, settings, node, expected) => {
    expect(scoresOn(snapshotOf([node]), one, settings)).toEqual([expected]);
  });

  test('goes by the resource with the greater risk', () => {
    const both = shapeOf({ cpu: 100, memory: 100 }, { limits: { cpu: 100, memory: 900 } });
    // memory: (900 − 500)/(900 − 100) = 0.5, half of that; cpu: none; measured are both, and both are idle
    const node = { capacity: { cpu: 1000, memory: 500 }, use: { cpu: 0, memory: 0 } };
    expect(scoresOn(snapshotOf([node]), both, {})).toEqual([75]);
  });

  test('sees a pod that comes, on the snapshot and not on its copy', () => {
    const nodes = snapshotOf([holding(400, 1500, ...uniform)]);
    expect(limitsOf(nodes, 'cpu')[0]).toBe(1500);
    const copy = nodes.copy();
    nodes.place(infoOf('q', shapeOf({ cpu: 50 }, { limits: { cpu: 250 } })), 0);
    expect([limitsOf(nodes, 'cpu')[0], limitsOf(copy, 'cpu')[0]]).toEqual([1750, 1500]);
    nodes.remove({ key: 'default/q' }, 0);
    expect(limitsOf(nodes, 'cpu')[0]).toBe(1500);
  });

  test('gives each node the same by itself as among all, from 0 to 100', () => {
    fc.assert(
      fc.property(fc.array(arbitraryNode, { minLength: 1, maxLength: 5 }), (given) => {
        const nodes = snapshotOf(given);
        const policy = createScorePolicy(name);
        const all = scoresOn(nodes, pod, {});
        for (const [row, score] of all.entries()) {
          expect(score).toBeGreaterThanOrEqual(0);
          expect(score).toBeLessThanOrEqual(100);
          expect(policy.rescore(pod, nodes, row)).toBe(score);
          const terms = policy.explain(pod, nodes, everywhere(nodes), row);
          expect(terms.reduce((sum, { value }) => sum + value, 0)).toBe(score);
        }
      }),
    );
  });
});
