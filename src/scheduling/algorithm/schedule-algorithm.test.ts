import fc from 'fast-check';
import { expect, test } from 'vitest';
import { infoOf, nodeObject, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { arbitraryNode, arbitraryRequests } from '../../../test/scheduling/snapshots.js';
import { createScorePolicy } from '../policies/index.js';
import { ScheduleAlgorithm } from './schedule-algorithm.js';

const soft = { key: 'slow', effect: 'PreferNoSchedule' };

/** What happens between decisions, by row (modulo the nodes that there are). */
const arbitraryStep = fc.record({
  pod: fc.nat({ max: 2 }),
  change: fc.constantFrom('none', 'none', 'leave', 'cordon', 'uncordon', 'taint', 'use', 'grow', 'remove'),
  row: fc.nat({ max: 11 }),
});

test.each(['balance', 'pack'])(
  '%s gives equal pods, which reuse what was computed, the nodes that a fresh look at all gives',
  (name) => {
    fc.assert(
      fc.property(
        fc.array(arbitraryNode, { minLength: 1, maxLength: 12 }),
        fc.tuple(arbitraryRequests, arbitraryRequests, arbitraryRequests),
        fc.array(arbitraryStep, { maxLength: 40 }),
        (given, requests, steps) => {
          const nodes = snapshotOf(given);
          const shapes = requests.map((amounts) => shapeOf({ ...amounts, pods: 1 }));
          const reusing = new ScheduleAlgorithm(createScorePolicy(name));
          const placed: { readonly name: string; readonly row: number }[] = [];
          for (const [index, { pod, change, row }] of steps.entries()) {
            const shape = shapes[pod]!;
            const fresh = new ScheduleAlgorithm(createScorePolicy(name)).select(shape, nodes);
            expect(reusing.select(shape, nodes)).toBe(fresh);
            if (fresh >= 0) {
              nodes.place(infoOf(`s${index}`, shape), fresh);
              placed.push({ name: `s${index}`, row: fresh });
            }
            const node = nodes.info(row % given.length)?.node;
            if (!node) continue;
            if (change === 'cordon' || change === 'uncordon' || change === 'taint')
              nodes.setNode({
                ...node,
                spec: { unschedulable: change === 'cordon', taints: change === 'taint' ? [soft] : [] },
              });
            else if (change === 'use')
              nodes.setUse(row % given.length, { from: 1, to: 2, mean: { cpu: 100 * row, memory: 2 ** 20 * row } });
            else if (change === 'grow')
              nodes.setNode(nodeObject(node.metadata.name, { cpu: 9000, memory: 2 ** 33, pods: 20 }));
            else if (change === 'remove' && nodes.size > 1) nodes.removeNode(node.metadata.name);
            else if (change === 'leave') {
              const leaving = placed.shift();
              if (leaving) nodes.remove({ key: `default/${leaving.name}` }, leaving.row);
            }
          }
        },
      ),
    );
  },
);

test('A node whose taint says PreferNoSchedule is taken when no other can be, and by pods that tolerate it', () => {
  const nodes = snapshotOf([{ capacity: { cpu: 2000, pods: 10 } }, { capacity: { cpu: 1000, pods: 10 } }]);
  const node = nodes.info(0)!.node;
  nodes.setNode({ ...node, spec: { taints: [soft] } });
  const algorithm = new ScheduleAlgorithm(createScorePolicy('balance'));
  const shape = shapeOf({ cpu: 600, pods: 1 });
  const rows = ['a', 'b'].map((name) => {
    const row = algorithm.select(shape, nodes);
    nodes.place(infoOf(name, shape), row);
    return row;
  });
  expect(rows).toEqual([1, 0]);
});
