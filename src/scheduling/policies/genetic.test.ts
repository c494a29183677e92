import { expect, test } from 'vitest';
import { shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { batchPolicy, queueOf } from '../../../test/scheduling/snapshots.js';
import { seededRandom } from '../../support/random.js';

const prices = { core: 1, gibibyte: 0 };
const policy = batchPolicy('genetic', { prices, smoothing: 0.5 });
const pod = shapeOf({ cpu: 1000 });

test('the genetic algorithm rents the node that holds all for less than two others', () => {
  // by hand: a core is 1 an hour; four pods fit on the node of four cores, or on two of three for 6
  const nodes = snapshotOf([3, 3, 4].map((cores) => ({ capacity: { cpu: 1000 * cores, pods: 10 } })));
  const { assignments } = policy.place([queueOf(nodes, pod, 4)], nodes, policy.start(), seededRandom(1));
  expect(assignments).toEqual([{ queue: 0, row: 2, count: 4 }]);
});

test('the genetic algorithm reserves room for what smoothed arrivals expect', () => {
  // by hand: 4 and then 0 arrivals, smoothed with 0.5, are 4 and 2. One pod that waits and two or four that are expected need 3 or 5
  // cores: with 2 the node of three is the cheapest, with 4 that of five, and two nodes are dearer
  const nodes = snapshotOf([5, 3].map((cores) => ({ capacity: { cpu: 1000 * cores, pods: 10 } })));
  const arrived = (arrivals: number) => [{ ...queueOf(nodes, pod, 1), arrivals }];
  const first = policy.place(arrived(4), nodes, policy.start(), seededRandom(1));
  expect(first.assignments).toEqual([{ queue: 0, row: 0, count: 1 }]);
  const second = policy.place(arrived(0), nodes, first.state, seededRandom(1));
  expect(second.assignments).toEqual([{ queue: 0, row: 1, count: 1 }]);
});

test('the genetic algorithm says how many tasks are left to the next round', () => {
  const nodes = snapshotOf([{ capacity: { cpu: 9000, pods: 10 } }]);
  const limited = batchPolicy('genetic', { mostTasks: 2 });
  expect(limited.place([queueOf(nodes, pod, 5)], nodes, limited.start(), seededRandom(1))).toMatchObject({
    assignments: [{ queue: 0, row: 0, count: 2 }],
    notes: ['3 tasks wait for the next round: one takes 2'],
  });
});
