import { describe, expect, test } from 'vitest';
import { everywhere, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { cardResource, gpuCapacity, gpuMilli, withCards } from '../gpu/cards.js';
import { FragmentationGrowth, typicalOf, typicalPods } from '../gpu/fragmentation.js';
import { fragmentation } from '../kernels/fragmentation.js';
import { createPolicy } from './index.js';

const gpu = (milli: number, cpu = 1000) => shapeOf({ cpu, [gpuMilli]: milli });
const size = { cpu: 8000, memory: 2 ** 34, pods: 10, ...gpuCapacity(2) };

/** Half of the typical pods ask for half a card, half for a whole one; each for one core. */
const typical = [
  { cpu: 1000, memory: 0, gpu: 500, weight: 1 },
  { cpu: 1000, memory: 0, gpu: 1000, weight: 1 },
];

describe('the fragmentation of a node', () => {
  // by hand, F = (F(half) + F(whole))/2
  test.each([
    ['idle', 8000, [1000, 1000], 0],
    ['a card of which a share is idle that is too small for all', 8000, [300, 1000], 300],
    ['a share that only a whole card cannot use', 8000, [600, 1000], 300],
    ['shares of which none is a whole card', 8000, [600, 600], 600],
    ['no cpu, so that nothing can use what is idle', 500, [1000, 1000], 2000],
  ])('with %s', (_what, cpu, idle, expected) => {
    expect(fragmentation(cpu, 1, Float64Array.from(idle), typicalPods(typical))).toBe(expected);
  });

  test('is all that is idle as far as pods ask for no card', () => {
    const pods = typicalPods([...typical, { cpu: 0, memory: 0, gpu: 0, weight: 2 }]);
    expect(fragmentation(8000, 1, Float64Array.of(1000, 1000), pods)).toBe(1000);
  });
});

describe('fgd', () => {
  const nodes = snapshotOf([
    { capacity: size },
    { capacity: size, pods: [withCards(gpu(400), [1])] },
    { capacity: size, pods: [withCards(gpu(700), [0]), withCards(gpu(700), [1])] },
    { capacity: { cpu: 8000, memory: 2 ** 34, pods: 10 } },
  ]);
  const pod = gpu(600);

  // by hand: F grows on the first from 0 to 400, on the second from 300 (600 idle beside a whole card) to 0; on the third no card has
  // 600 left although both together have; 2, 1.6, 0.6 and no GPUs are idle
  test('ranks nodes by how little the fragmentation of their cards grows', () => {
    const policy = createPolicy('fgd', { typical });
    const out = new Float64Array(nodes.rows);
    if (policy.kind === 'score') policy.score(pod, nodes, everywhere(nodes), out);
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const expected = [
      Math.floor(100 * sigmoid(-0.4)) + 0.99 / 3,
      Math.floor(100 * sigmoid(0.3)) + 0.99 / 2.6,
      -1 + 0.99 / 1.6,
      -1 + 0.99,
    ];
    for (const [row, score] of expected.entries()) expect(out[row]).toBeCloseTo(score, 12);
  });

  test('puts a share onto the card where fragmentation grows the least, and whole cards onto idle ones', () => {
    const growth = new FragmentationGrowth(pod, nodes, typicalPods(typical));
    expect([0, 1, 2, 3].map((row) => growth.cards(row))).toEqual([[0], [1], undefined, undefined]);
    const whole = new FragmentationGrowth(gpu(2000), nodes, typicalPods(typical));
    expect([0, 1].map((row) => whole.cards(row))).toEqual([[0, 1], undefined]);
  });

  test('counts what a pod holds of its cards on the node', () => {
    expect(nodes.column(cardResource(1))?.requested.slice(0, 3)).toEqual(Float64Array.of(0, 400, 700));
    expect(nodes.column(gpuMilli)?.requested.slice(0, 3)).toEqual(Float64Array.of(0, 400, 1400));
  });
});

test('typical pods are the kinds of the pods there are, with how often they occur', () => {
  expect(typicalOf([gpu(500), gpu(1000), gpu(500)])).toEqual([
    { cpu: 1000, memory: 0, gpu: 500, weight: 2 },
    { cpu: 1000, memory: 0, gpu: 1000, weight: 1 },
  ]);
});
