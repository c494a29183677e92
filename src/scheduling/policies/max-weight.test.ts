import { describe, expect, test } from 'vitest';
import { infoOf, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { batchPolicy, queueOf } from '../../../test/scheduling/snapshots.js';
import { byBatch, overlappingClasses, simulateSlots } from '../../simulation/engine/slots.js';
import { seededRandom } from '../../support/random.js';
import type { BatchPolicy } from './policy.js';

const classes = overlappingClasses(shapeOf({ cpu: 500 }), shapeOf({ cpu: 1000 }));

/** How many wait at the end of each slot, on one node. */
function backlogs(policy: BatchPolicy, slots: number): Int32Array {
  const random = seededRandom(1);
  const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }]);
  return simulateSlots({ classes, nodes, slots, random }, byBatch(policy, classes, random.split('policy'))).backlog;
}

const load = { weights: { cpu: 1 } };

describe('a class that needs the whole node, beside one that overlaps on it', () => {
  const slots = 20_000;

  // the mission of the project gives 19,850 after 200,000 slots: whatever comes of the second class stays
  test('waits for ever when each slot is used as much as can be', () => {
    const backlog = backlogs(batchPolicy('max-utilization', { ranking: ['cpu'] }), slots);
    for (const share of [0.25, 0.5, 1]) {
      const at = slots * share;
      expect(backlog[at - 1]! / at).toBeGreaterThan(0.09);
      expect(backlog[at - 1]! / at).toBeLessThan(0.11);
    }
  });

  test('has its turn when the longest queues are served and a node is left to become empty', () => {
    const backlog = backlogs(batchPolicy('max-weight', { load }), slots);
    expect(Math.max(...backlog)).toBeLessThan(10);
    expect(backlog.reduce((sum, count) => sum + count, 0) / slots).toBeLessThan(3);
  });
});

describe('a node', () => {
  const small = shapeOf({ cpu: 300 });
  const large = shapeOf({ cpu: 500 });
  const policy = batchPolicy('max-weight', { load });
  const chance = seededRandom(1);

  // by hand: worth 0.3 and 0.5 of the node for each; log(1+9)·0.9 = 2.07 for three small ones, log(1+2)·1 = 1.10 for two large ones
  test('gets what serves the longest queue, not what uses it the most', () => {
    const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }]);
    const queues = [queueOf(nodes, small, 9), queueOf(nodes, large, 2)];
    expect(policy.place(queues, nodes, policy.start(), chance).assignments).toEqual([{ queue: 0, row: 0, count: 3 }]);
  });

  test('gets what uses it the most where the queues are equal', () => {
    const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }]);
    const queues = [queueOf(nodes, small, 5), queueOf(nodes, large, 5)];
    expect(policy.place(queues, nodes, policy.start(), chance).assignments).toEqual([{ queue: 1, row: 0, count: 2 }]);
  });

  test('has replaced what left by the same class until it is empty, however long the other queue', () => {
    const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }]);
    const all = [queueOf(nodes, small, 5), queueOf(nodes, large, 5)];
    const { state } = policy.place(all, nodes, policy.start(), chance);
    nodes.place(infoOf('stays', large), 0);
    const later = [queueOf(nodes, small, 9), queueOf(nodes, large, 5)];
    expect(policy.place(later, nodes, state, chance).assignments).toEqual([{ queue: 1, row: 0, count: 1 }]);
    nodes.remove({ key: 'default/stays' }, 0);
    expect(policy.place(later, nodes, state, chance).assignments).toEqual([{ queue: 0, row: 0, count: 3 }]);
  });

  test('takes no more when its configuration weighs too little, but only as many nodes as what waits needs', () => {
    const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }, { capacity: { cpu: 1000, pods: 10 } }]);
    const { state } = policy.place([queueOf(nodes, small, 6)], nodes, policy.start(), chance);
    for (const row of [0, 1]) nodes.place(infoOf(`stays-${row}`, small), row);
    const whole = shapeOf({ cpu: 1000 });
    const assignments = (waiting: number, large: number, from = state) =>
      policy.place([queueOf(nodes, small, waiting), queueOf(nodes, whole, large)], nodes, from, chance).assignments;
    // log(2)·0.9 against log(2)·1: not too little
    expect(assignments(1, 1)).toEqual([{ queue: 0, row: 0, count: 1 }]);
    // log(3)·0.6 for what fits beside, log(3)·0.9 for the whole configuration, against log(41)·1: too little, on both
    expect(assignments(2, 40)).toEqual([]);
    // one node is enough for the one that waits: the other goes on taking small ones
    const { state: drained } = policy.place([queueOf(nodes, small, 0), queueOf(nodes, whole, 1)], nodes, state, chance);
    expect(assignments(1, 1, drained)).toEqual([{ queue: 0, row: 1, count: 1 }]);
  });

  test('takes another class beside what it holds when all that waits fits', () => {
    const nodes = snapshotOf([{ capacity: { cpu: 1000, pods: 10 } }]);
    const { state } = policy.place([queueOf(nodes, large, 1)], nodes, policy.start(), chance);
    nodes.place(infoOf('stays', large), 0);
    const whole = queueOf(nodes, shapeOf({ cpu: 1000 }), 1);
    const fits = [queueOf(nodes, small, 1)];
    expect(policy.place(fits, nodes, state, chance).assignments).toEqual([{ queue: 0, row: 0, count: 1 }]);
    expect(policy.place([...fits, whole], nodes, state, chance).assignments).toEqual([]);
  });
});
