import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { infoOf, shapeOf, snapshotOf } from '../../simulation/engine/objects.js';
import { arbitraryNode, arbitraryRequests } from '../../../test/scheduling/snapshots.js';
import { seededRandom } from '../../support/random.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyTypes } from './index.js';
import type { Assignment, BatchPolicy, Policy, Queue } from './policy.js';

const isBatchPolicy = (policy: Policy): policy is BatchPolicy => policy.kind === 'batch';
const policies = policyTypes.map((type) => type.create()).filter(isBatchPolicy);

const contents = (nodes: Snapshot) =>
  [...nodes.infos()].map(({ name, row, pods }) => [
    name,
    pods.length,
    nodes.columns.map((column) => [column.name, column.capacity[row], column.requested[row], column.use[row]]),
  ]);

const queue = fc.record({
  requests: arbitraryRequests,
  length: fc.integer({ min: 0, max: 30 }),
  arrivals: fc.integer({ min: 0, max: 10 }),
  feasible: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
});

/** Puts the pods onto the nodes, as who calls a policy does, and checks each. */
function carryOut(nodes: Snapshot, queues: readonly Queue[], assignments: readonly Assignment[], round: number): void {
  const placed = queues.map(() => 0);
  for (const { queue: index, row, count } of assignments) {
    const { shape, feasible } = queues[index]!;
    expect(Number.isInteger(count) && count > 0).toBe(true);
    expect(feasible[row]).toBe(1);
    placed[index]! += count;
    for (let n = 0; n < count; n++) {
      for (const resource in shape.requests) {
        const { capacity, requested } = nodes.column(resource)!;
        const demand = shape.requests[resource]!;
        expect(demand === 0 || requested[row]! + demand <= capacity[row]!).toBe(true);
      }
      nodes.place(infoOf(`${round}-${index}-${row}-${n}-${placed[index]}`, shape), row);
    }
  }
  for (const [index, { length }] of queues.entries()) expect(placed[index]).toBeLessThanOrEqual(length);
}

describe.each(policies.map((policy) => [policy.name, policy] as const))('%s', (_name, policy) => {
  test('places no more than waits and fits, only where it may, leaves the nodes as they are, and repeats itself', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryNode, { minLength: 1, maxLength: 5 }),
        fc.array(fc.array(queue, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        (given, rounds) => {
          const nodes = snapshotOf(given);
          let state = policy.start();
          for (const [round, waiting] of rounds.entries()) {
            const queues = waiting.map(({ requests, length, arrivals, feasible }) => ({
              shape: shapeOf(requests),
              length,
              arrivals,
              feasible: Uint8Array.from(feasible, Number),
            }));
            const before = contents(nodes);
            const result = policy.place(queues, nodes, state, seededRandom(round));
            const again = policy.place(queues, nodes, state, seededRandom(round));
            expect(again).toEqual(result);
            expect(contents(nodes)).toEqual(before);
            carryOut(nodes, queues, result.assignments, round);
            for (const { name, row, pods } of [...nodes.infos()].filter((_info, index) => index % 2 === round % 2))
              for (const { key } of pods.slice(0, 2)) if (name) nodes.remove({ key }, row);
            state = result.state;
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
