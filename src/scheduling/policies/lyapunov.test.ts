import { expect, test } from 'vitest';
import { shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { batchPolicy, queueOf } from '../../../test/scheduling/snapshots.js';
import { seededRandom } from '../../support/random.js';

const pod = shapeOf({ cpu: 500 });
const size = { cpu: 1000, pods: 10 };
const power = { idle: 100, peak: 200 };

/** How many of the queue go to a node that is on and to one that is off. */
function placed(tradeoff: number, length: number): readonly number[] {
  const nodes = snapshotOf([{ capacity: size }, { capacity: size, pods: [pod] }]);
  const policy = batchPolicy('lyapunov', { ...power, tradeoff });
  const { assignments } = policy.place([queueOf(nodes, pod, length)], nodes, policy.start(), seededRandom(1));
  return [1, 0].map((row) => assignments.find((one) => one.row === row)?.count ?? 0);
}

// by hand: a pod draws 50 W, a node 100 W to be on at all. With V = 0.1 a pod costs 5 on a node that is on, and two on one that is off
// 10 + 2·5 of their 2·q
test.each([
  ['nothing where power outweighs the queue', 0.1, 5, [0, 0]],
  ['to the node that is on where only turning one on is too dear', 0.1, 6, [1, 0]],
  ['to the other too where the queue is long', 0.1, 11, [1, 2]],
  ['as much as fits where power does not count', 0, 3, [1, 2]],
])('drift plus penalty places %s', (_what, tradeoff, length, expected) => {
  expect(placed(tradeoff, length)).toEqual(expected);
});

test('a node cannot draw less at its peak than idle', () => {
  expect(() => batchPolicy('lyapunov', { idle: 100, peak: 50 })).toThrow('settings.peak must be at least idle');
});
