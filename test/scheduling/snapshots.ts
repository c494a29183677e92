/** Snapshots, pods and queues for the tests of src/scheduling, made from plain numbers. */
import fc from 'fast-check';
import type { PodShape } from '../../src/scheduling/pod-shape.js';
import { createPolicy } from '../../src/scheduling/policies/index.js';
import type { BatchPolicy, Queue } from '../../src/scheduling/policies/policy.js';
import type { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';
import { everywhere, type GivenNode, shapeOf } from '../../src/simulation/engine/objects.js';

export const queueOf = (nodes: Snapshot, shape: PodShape, length: number): Queue => ({
  shape,
  length,
  feasible: everywhere(nodes),
});

export function batchPolicy(name: string, settings: object = {}): BatchPolicy {
  const policy = createPolicy(name, settings);
  if (policy.kind !== 'batch') throw new Error(`${name} does not place batches`);
  return policy;
}

const mebibyte = 2 ** 20;

/** Nodes of some sizes, used and held to some extent, and what could be asked of them. */
export const arbitraryRequests = fc.record({
  cpu: fc.integer({ min: 0, max: 3000 }),
  memory: fc.integer({ min: 0, max: 3000 }).map((mebibytes) => mebibytes * mebibyte),
});

const arbitraryPod = arbitraryRequests.map((requests) => shapeOf(requests));

export const arbitraryNode: fc.Arbitrary<GivenNode> = fc
  .record({
    cpu: fc.integer({ min: 0, max: 8000 }),
    memory: fc.integer({ min: 1, max: 8000 }).map((mebibytes) => mebibytes * mebibyte),
    network: fc.integer({ min: 0, max: 1000 }),
    pods: fc.integer({ min: 1, max: 12 }),
    share: fc.record({
      cpu: fc.double({ min: 0, max: 1.2, noNaN: true }),
      memory: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    spread: fc.integer({ min: 0, max: 10_000 }),
    measured: fc.boolean(),
    held: fc.array(arbitraryPod, { maxLength: 3 }),
  })
  .map(({ cpu, memory, network, pods, share, spread, measured, held }) => ({
    capacity: { cpu, memory, network, pods },
    ...(measured
      ? {
          use: { cpu: share.cpu * cpu, memory: share.memory * memory, network: share.cpu * network },
          variance: { cpu: spread, memory: spread * mebibyte },
        }
      : {}),
    pods: held,
  }));
