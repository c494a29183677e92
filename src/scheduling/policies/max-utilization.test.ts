import { describe, expect, test } from 'vitest';
import { infoOf, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { batchPolicy, queueOf } from '../../../test/scheduling/snapshots.js';
import { seededRandom } from '../../support/random.js';

const policy = batchPolicy('max-utilization', { ranking: ['cpu', 'memory'] });
const chance = seededRandom(1);
const mebibyte = 2 ** 20;
const size = { cpu: 1000, memory: 1000 * mebibyte, pods: 10 };
const pod = (cpu: number, memory: number) => shapeOf({ cpu, memory: memory * mebibyte });

describe('max-utilization', () => {
  // by hand, with the weights 0.75 and 0.25 of a ranking of two: two of (500, 500) use 1, one of (600, 600) uses 0.6
  test('gives a node the configuration that uses it the most, where greed would take the largest', () => {
    const nodes = snapshotOf([{ capacity: size }]);
    const queues = [queueOf(nodes, pod(600, 600), 3), queueOf(nodes, pod(500, 500), 3)];
    expect(policy.place(queues, nodes, policy.start(), chance).assignments).toEqual([{ queue: 1, row: 0, count: 2 }]);
  });

  // by hand: (700, 200) uses 0.75·0.7 + 0.25·0.2 = 0.575, (200, 900) 0.75·0.2 + 0.25·0.9 = 0.375; together they do not fit
  test.each([
    [['cpu', 'memory'], 0],
    [['memory', 'cpu'], 1],
  ])('lets %j, by importance, decide', (ranking, queue) => {
    const nodes = snapshotOf([{ capacity: size }]);
    const queues = [queueOf(nodes, pod(700, 200), 1), queueOf(nodes, pod(200, 900), 1)];
    const ranked = batchPolicy('max-utilization', { ranking });
    expect(ranked.place(queues, nodes, ranked.start(), chance).assignments).toEqual([{ queue, row: 0, count: 1 }]);
  });

  test('ranks the resources by their mean utilization where no ranking is set', () => {
    const use = { cpu: 100, memory: 200 * mebibyte };
    const nodes = snapshotOf([{ capacity: size, use }]);
    const queues = [queueOf(nodes, pod(700, 200), 1), queueOf(nodes, pod(200, 900), 1)];
    const unranked = batchPolicy('max-utilization');
    expect(unranked.place(queues, nodes, unranked.start(), chance).assignments).toEqual([
      { queue: 1, row: 0, count: 1 },
    ]);
  });

  test('fills the nodes with the least load first', () => {
    const nodes = snapshotOf([
      { capacity: size, use: { cpu: 500, memory: 0 } },
      { capacity: size, use: { cpu: 100, memory: 0 } },
    ]);
    const { assignments } = policy.place([queueOf(nodes, pod(500, 500), 3)], nodes, policy.start(), chance);
    expect(assignments).toEqual([
      { queue: 0, row: 1, count: 2 },
      { queue: 0, row: 0, count: 1 },
    ]);
  });

  test('makes the largest configuration of a node with much memory in use full again, and no more', () => {
    const nodes = snapshotOf([{ capacity: size }]);
    const [half, small] = [pod(400, 400), pod(100, 100)];
    const { state } = policy.place([queueOf(nodes, half, 2)], nodes, policy.start(), chance);
    nodes.place(infoOf('stays', half), 0);
    nodes.setUse(0, { from: 1, to: 2, mean: { cpu: 0, memory: 950 * mebibyte } });
    const queues = [queueOf(nodes, small, 9), queueOf(nodes, half, 9)];
    expect(policy.place(queues, nodes, state, chance).assignments).toEqual([{ queue: 1, row: 0, count: 1 }]);
    expect(policy.place(queues, nodes, policy.start(), chance).assignments).toEqual([]);
  });

  test('can have its threshold on the load instead of on memory', () => {
    const nodes = snapshotOf([{ capacity: size, use: { cpu: 0, memory: 950 * mebibyte } }]);
    const onLoad = batchPolicy('max-utilization', { ranking: ['cpu', 'memory'], thresholdOn: 'load' });
    const queues = [queueOf(nodes, pod(500, 500), 1)];
    expect(policy.place(queues, nodes, policy.start(), chance).assignments).toEqual([]);
    expect(onLoad.place(queues, nodes, onLoad.start(), chance).assignments).toHaveLength(1);
  });

  test('reports at the horizon what has no node, and once', () => {
    const nodes = snapshotOf([{ capacity: size }]);
    const limited = batchPolicy('max-utilization', { horizon: 2 });
    let state = limited.start();
    const notes = [1, 2, 3].map(() => {
      const result = limited.place([queueOf(nodes, pod(400, 400), 5)], nodes, state, chance);
      state = result.state;
      return result.notes;
    });
    expect(notes).toEqual([[], ['3 tasks had no node at the horizon of 2 rounds'], []]);
  });

  test('says when a search was cut short', () => {
    const nodes = snapshotOf([{ capacity: size }]);
    const hasty = batchPolicy('max-utilization', { searchSteps: 1 });
    const queues = [queueOf(nodes, pod(600, 600), 3), queueOf(nodes, pod(500, 500), 3)];
    expect(hasty.place(queues, nodes, hasty.start(), chance).notes).toEqual([
      'the search for a configuration was ended once after 1 steps: the best seen by then was taken',
    ]);
  });

  test('counts what pods say they will use of a network for which the node declares a capacity', () => {
    const nodes = snapshotOf([{ capacity: { ...size, network: 100 } }, { capacity: size }]);
    const talker = shapeOf({ cpu: 100 }, { estimate: { network: 40 } });
    const { assignments } = policy.place([queueOf(nodes, talker, 12)], nodes, policy.start(), chance);
    expect(assignments).toEqual([
      { queue: 0, row: 0, count: 2 },
      { queue: 0, row: 1, count: 10 },
    ]);
  });
});
