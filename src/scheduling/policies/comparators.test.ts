import { describe, expect, test } from 'vitest';
import { everywhere, type GivenNode, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { fuzzyWeights } from '../load/fuzzy-weights.js';
import type { PodShape } from '../pod-shape.js';
import { createPolicy } from './index.js';

function scores(name: string, settings: object, pod: PodShape, given: readonly GivenNode[]): readonly number[] {
  const nodes = snapshotOf(given);
  const out = new Float64Array(nodes.rows);
  const policy = createPolicy(name, settings);
  if (policy.kind === 'score') policy.score(pod, nodes, everywhere(nodes), out);
  return [...out];
}

const mebibyte = 2 ** 20;
const capacity = { cpu: 1000, memory: 1000 * mebibyte };

describe('target-load-packing', () => {
  // by hand, target 40: 60·U/40 + 40 up to it, 40·(100 − U)/60 beyond
  test.each([
    ['an empty node', 0, 55],
    ['one that comes to the target', 300, 100],
    ['one that goes a little beyond', 400, 33],
    ['one that would be full', 900, 0],
    ['one that would be more than full', 950, 0],
  ])('gives %s its score', (_what, cpu, expected) => {
    const pod = shapeOf({ cpu: 50 }, { limits: { cpu: 100 } });
    expect(scores('target-load-packing', {}, pod, [{ capacity, use: { cpu } }])).toEqual([expected]);
  });

  // 150 of 1000 where the request of 100 counts one and a half times; the default of 1000 fills the node
  test.each([
    ['its limit', shapeOf({ cpu: 50 }, { limits: { cpu: 100 } }), 55],
    ['one and a half times its request', shapeOf({ cpu: 100 }), 63],
    ['a whole core', shapeOf({}), 0],
  ])('takes a pod to use %s', (_what, pod, expected) => {
    expect(scores('target-load-packing', {}, pod, [{ capacity, use: { cpu: 0 } }])).toEqual([expected]);
  });

  test('gives a node that was not measured nothing', () => {
    expect(scores('target-load-packing', {}, shapeOf({ cpu: 100 }), [{ capacity }])).toEqual([0]);
  });
});

describe('load-variation-risk-balancing', () => {
  const pod = shapeOf({ cpu: 100, memory: 0 });
  const given = (cpu: number, deviation: number, memory = 0): GivenNode => ({
    capacity,
    use: { cpu, memory: memory * mebibyte },
    variance: { cpu: deviation ** 2 },
  });

  // by hand: cpu (0.1 + U + σ)/2, memory U/2, the greater of both; √0.16 = 0.4 with the sensitivity 2
  test.each([
    ['by mean and deviation', {}, given(200, 160), 77],
    ['by the resource with the greater risk', {}, given(200, 0, 500), 75],
    ['with another margin', { margin: 2 }, given(200, 160), 69],
    ['with another sensitivity', { sensitivity: 2 }, given(200, 160), 65],
    ['without a measurement', {}, { capacity }, 0],
  ])('scores %s', (_what, settings, node, expected) => {
    expect(scores('load-variation-risk-balancing', settings, pod, [node])).toEqual([expected]);
  });
});

describe('load-aware', () => {
  // by hand: cpu 85 % of 200, memory 70 % of 100 Mi: 100·(1000 − 333 − 170)/1000 = 49.7, 100·(1000 − 0 − 70)/1000 = 93; ⌊(49 + 93)/2⌋
  test.each([
    ['a request', shapeOf({ cpu: 200, memory: 100 * mebibyte }), {}, 71],
    ['a limit above it', shapeOf({ cpu: 100, memory: 100 * mebibyte }, { limits: { cpu: 200 } }), {}, 71],
    // ⌊(41 + 80)/2⌋ with 250 thousandths and 200 Mi
    ['nothing stated', shapeOf({}), {}, 60],
    // ⌊(3·49 + 93)/4⌋
    ['other weights', shapeOf({ cpu: 200, memory: 100 * mebibyte }), { weights: { cpu: 3, memory: 1 } }, 60],
  ])('scores what is unused, with %s', (_what, pod, settings, expected) => {
    expect(scores('load-aware', settings, pod, [{ capacity, use: { cpu: 333, memory: 0 } }])).toEqual([expected]);
  });

  test('gives a node that was not measured nothing', () => {
    expect(scores('load-aware', {}, shapeOf({ cpu: 100 }), [{ capacity }])).toEqual([0]);
  });
});

describe('fahp', () => {
  // by hand: (1 + 0)/2 and, for 0.8 against 0.2, (1.3 + 0)/2 and (0.7 + 0)/2
  test.each([
    [0.5, [0.5, 0.5]],
    [0.8, [0.65, 0.35]],
  ])('weights two criteria, the first preferred by %d', (preference, expected) => {
    const weights = fuzzyWeights([
      [0.5, preference],
      [1 - preference, 0.5],
    ]);
    for (const [index, weight] of weights.entries()) expect(weight).toBeCloseTo(expected[index]!, 12);
  });

  // by hand: rows of the default matrix add up to 2.9, 2.9, 2.4, 2.4, 1.9: weights (s + 1.5)/20 = 0.22, 0.22, 0.195, 0.195, 0.17
  test('is the weighted idleness, with the containers that are there', () => {
    const node = {
      capacity: { ...capacity, disk: 100, network: 100, pods: 10 },
      use: { cpu: 500, memory: 250 * mebibyte, disk: 100, network: 0, pods: 4 },
    };
    const [score] = scores('fahp', {}, shapeOf({}), [node]);
    expect(score).toBeCloseTo(0.22 * 0.5 + 0.22 * 0.75 + 0.195 + 0.17 * 0.6, 12);
  });

  test.each([[[[0.5]], 'policy fahp: settings.preferences must have 5 rows of 5 numbers']])(
    'refuses the matrix %j',
    (preferences, message) => {
      expect(() => createPolicy('fahp', { preferences })).toThrow(message);
    },
  );
});
