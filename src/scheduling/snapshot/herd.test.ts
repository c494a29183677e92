/** Many pods are placed between two measurements: the coldest node must not get them all because nobody measures meanwhile. */
import { describe, expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kubernetes.js';
import { type PodInfo, podInfo } from './node-info.js';
import { Snapshot } from './snapshot.js';

const metadata = (name: string) => ({ name, uid: name, resourceVersion: '1', creationTimestamp: '' });

const node = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metadata(name),
  status: { allocatable: { cpu: '16', memory: '64Gi', pods: '110' } },
});

/** Asks for half a core, from the instant `since` on. */
const pod = (number: number, since: number): PodInfo => {
  const one: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(`p${number}`), namespace: 'default' },
    spec: { containers: [{ name: 'main', resources: { requests: { cpu: '500m' } } }] },
  };
  return podInfo(one, since);
};

/** The same pod, of which nothing is expected until it is measured. */
const unexpected = (info: PodInfo): PodInfo => ({ ...info, shape: { ...podShapeOf(info), estimate: {} } });
const podShapeOf = ({ shape }: PodInfo) => ({
  ...shape,
  key: shape.key,
  nodeKey: shape.nodeKey,
  groupKey: shape.groupKey,
});

/** Ten nodes, measured over [0, 100]: n0 uses one core, the others four. */
function measured(): Snapshot {
  const nodes = new Snapshot();
  for (let n = 0; n < 10; n++)
    nodes.setUse(nodes.setNode(node(`n${n}`)), { from: 0, to: 100, mean: { cpu: n === 0 ? 1000 : 4000 } });
  return nodes;
}

const cpuOf = (nodes: Snapshot): readonly number[] => {
  const column = nodes.column('cpu')!;
  return Array.from({ length: nodes.rows }, (_, row) => column.use[row]!);
};

/** To the node that uses least with the pod on it; the first of those that are alike. Returns how many each node got. */
function placeAll(nodes: Snapshot, pods: readonly PodInfo[]): readonly number[] {
  const got = Array.from({ length: nodes.rows }, () => 0);
  for (const one of pods) {
    const added = one.shape.estimate.cpu ?? 0;
    const after = cpuOf(nodes).map((use) => use + added);
    const row = after.indexOf(Math.min(...after));
    nodes.place(one, row);
    got[row]!++;
  }
  return got;
}

const fifty = Array.from({ length: 50 }, (_, n) => pod(n, 101 + n));

describe('Pods that are placed between two measurements', () => {
  test('spread: the coldest node gets what makes it as warm as the others, and no more', () => {
    const nodes = measured();
    const got = placeAll(nodes, fifty);
    // by hand: 37 + 25 cores over ten nodes are 6.2 each; n0 can take 5.2 of them, the others 2.2, in halves
    expect(got[0]).toBeGreaterThanOrEqual(10);
    expect(got[0]).toBeLessThanOrEqual(11);
    expect(got.slice(1).every((count) => count === 4 || count === 5)).toBe(true);
    const use = cpuOf(nodes);
    expect(Math.max(...use) - Math.min(...use)).toBeLessThanOrEqual(500);
  });

  test('all go to the coldest node if nothing is expected of them: it is the estimates that spread them', () => {
    const nodes = measured();
    expect(placeAll(nodes, fifty.map(unexpected))).toEqual([50, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test('are not counted twice once they are measured, and count in part while the window reaches back before them', () => {
    const nodes = measured();
    const got = placeAll(nodes, fifty);
    const full = (count: number, row: number) => (row === 0 ? 1000 : 4000) + count * 500;
    // a window that has all of them from its start
    for (const [row, count] of got.entries())
      nodes.setUse(row, { from: 200, to: 300, mean: { cpu: full(count, row) } });
    expect(cpuOf(nodes)).toEqual(got.map(full));
    // one in whose last quarter they came: a mean with a quarter of them in it, and three quarters expected
    const late = measured();
    const row = 0;
    for (let n = 0; n < 8; n++) late.place(pod(n, 175), row);
    late.setUse(row, { from: 100, to: 200, mean: { cpu: 1000 + 0.25 * 8 * 500 } });
    expect(cpuOf(late)[row]).toBe(1000 + 8 * 500);
  });

  test('spread again after a measurement that does not contain them yet', () => {
    const nodes = measured();
    const before = placeAll(nodes, fifty.slice(0, 25));
    for (let row = 0; row < nodes.rows; row++)
      nodes.setUse(row, { from: 0, to: 100, mean: { cpu: row === 0 ? 1000 : 4000 } });
    const after = placeAll(nodes, fifty.slice(25));
    expect(before.map((count, row) => count + after[row]!)).toEqual(placeAll(measured(), fifty));
  });
});
