/** Hosts and tasks made from plain amounts: cpu in thousandths of a core, the rest in the units of the resource (bytes, bytes per second). */
import type { Node, Pod } from '../../api/kubernetes.js';
import { type PodShape, podShape } from '../../scheduling/pod-shape.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import { type PodInfo, podInfo } from '../../scheduling/snapshot/node-info.js';
import { Snapshot } from '../../scheduling/snapshot/snapshot.js';

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

/** A pod of a ReplicaSet of its own: something makes another one when it goes, so that the rebalancer may move it. */
export function replicatedPod(name: string, requests: Amounts, options?: PodOptions): Pod {
  const pod = podObject(name, requests, options);
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: `rs-${name}`, controller: true };
  return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
}

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
