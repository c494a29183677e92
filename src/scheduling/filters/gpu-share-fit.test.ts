import { describe, expect, test } from 'vitest';
import { shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { bestFitCards } from '../gpu/card-fit.js';
import { gpuCapacity, gpuMilli, withCards } from '../gpu/cards.js';
import { explainNode, filterNodes } from './filter-nodes.js';

const gpu = (milli: number) => shapeOf({ cpu: 1000, [gpuMilli]: milli });
const size = { cpu: 8000, memory: 2 ** 34, pods: 10 };

/** Idle, by card: nothing at all; 1000 and 1000; 300 and 600; 500, 1000 and 300. */
const nodes = snapshotOf([
  { capacity: size },
  { capacity: { ...size, ...gpuCapacity(2) } },
  { capacity: { ...size, ...gpuCapacity(2) }, pods: [withCards(gpu(700), [0]), withCards(gpu(400), [1])] },
  { capacity: { ...size, ...gpuCapacity(3) }, pods: [withCards(gpu(500), [0]), withCards(gpu(700), [2])] },
]);

const rows = [0, 1, 2, 3];

describe('a pod that asks for GPUs', () => {
  test.each([
    ['a share that some card has left', 600, [1, 2, 3]],
    ['a share that only cards together have left', 700, [1, 3]],
    ['one whole card', 1000, [1, 3]],
    ['two whole cards', 2000, [1]],
  ])('needs room on one card for each: %s', (_what, milli, expected) => {
    const { feasible } = filterNodes(gpu(milli), nodes);
    expect(rows.filter((row) => feasible[row] === 1)).toEqual(expected);
    expect(rows.filter((row) => explainNode(gpu(milli), nodes, row) === undefined)).toEqual(expected);
  });

  test('is told what is lacking, and whether other pods could make room', () => {
    expect(explainNode(gpu(700), nodes, 2)).toEqual({
      filter: 'GpuShareFit',
      reasons: ["node(s) didn't have enough GPU cards with room for the pod's share"],
      unresolvable: false,
      remedy: '0.7 of a GPU would have to be idle on one card, it is on 0',
    });
    const halves = snapshotOf([{ capacity: { ...size, [gpuMilli]: 2000 } }]);
    expect(explainNode(gpu(700), halves, 0)?.unresolvable).toBe(true);
  });

  test.each([
    ['a share goes onto the card with the least idle that has room', 200, [[0], [0], [2]]],
    ['a larger share onto the next', 400, [[0], [1], [0]]],
    ['a share that fits on no card nowhere', 700, [[0], undefined, [1]]],
    ['whole cards onto idle ones', 2000, [[0, 1], undefined, undefined]],
    ['no card is taken for none', 0, [[], [], []]],
  ])('has best fitting cards: %s', (_what, milli, expected) => {
    expect([1, 2, 3].map((row) => bestFitCards(gpu(milli), nodes, row))).toEqual(expected);
  });
});

test('a pod without GPUs may be where no card is left', () => {
  const { feasible } = filterNodes(shapeOf({ cpu: 1000 }), nodes);
  expect(rows.filter((row) => feasible[row] === 1)).toEqual(rows);
});
