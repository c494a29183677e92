/** Snapshots, pods and queues for the tests of src/scheduling, made from plain numbers. */
import fc from 'fast-check';
import type { Node, Pod } from '../../src/api/kubernetes.js';
import { type PodShape, podShape } from '../../src/scheduling/pod-shape.js';
import { createPolicy } from '../../src/scheduling/policies/index.js';
import type { BatchPolicy, Queue } from '../../src/scheduling/policies/policy.js';
import type { Amounts } from '../../src/scheduling/resources/amounts.js';
import { type PodInfo, podInfo } from '../../src/scheduling/snapshot/node-info.js';
import { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';

/** Amounts as quantities: cpu in thousandths of a core. */
const quantities = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, name === 'cpu' ? `${amount}m` : `${amount}`]),
  );

export const nodeObject = (name: string, capacity: Amounts): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '' },
  status: { allocatable: quantities(capacity) },
});

export interface PodOptions {
  readonly limits?: Amounts;
  readonly estimate?: Amounts;
}

export const podObject = (name: string, requests: Amounts, { limits, estimate = {} }: PodOptions = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'default',
    uid: name,
    resourceVersion: '1',
    creationTimestamp: '',
    annotations: Object.fromEntries(
      Object.entries(quantities(estimate)).map(([resource, quantity]) => [
        `estimate.penstock.dev/${resource}`,
        quantity,
      ]),
    ),
  },
  spec: {
    containers: [
      {
        name: 'main',
        resources: { requests: quantities(requests), ...(limits ? { limits: quantities(limits) } : {}) },
      },
    ],
  },
});

export const shapeOf = (requests: Amounts, options?: PodOptions): PodShape =>
  podShape(podObject('p', requests, options));

export const infoOf = (name: string, shape: PodShape): PodInfo => podInfo(podObject(name, {}), 0, shape);

export interface GivenNode {
  readonly capacity: Amounts;
  /** What was measured; absent: nothing was. */
  readonly use?: Amounts;
  readonly variance?: Amounts;
  readonly pods?: readonly PodShape[];
}

/** Nodes n0, n1, … in rows 0, 1, … */
export function snapshotOf(given: readonly GivenNode[]): Snapshot {
  const nodes = new Snapshot();
  for (const [index, { capacity, use, variance, pods = [] }] of given.entries()) {
    const row = nodes.setNode(nodeObject(`n${index}`, capacity));
    for (const [number, shape] of pods.entries()) nodes.place(infoOf(`p${index}-${number}`, shape), row);
    if (use) nodes.setUse(row, { from: 1, to: 2, mean: use, ...(variance ? { variance } : {}) });
  }
  return nodes;
}

/** All rows that are nodes. */
export const everywhere = (nodes: Snapshot): Uint8Array => nodes.present.slice(0, nodes.rows);

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
