import { describe, expect, test } from 'vitest';
import type { Node, Pod, PodSpec } from '../../api/kubernetes.js';
import { podShape } from '../pod-shape.js';
import { podInfo } from '../snapshot/node-info.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { defaultSelectorOf } from '../topology-spread/default-selector.js';
import { kubeDefault } from './kube-default.js';
import { mostAllocated } from './most-allocated.js';
import type { ScorePolicy } from './policy.js';

const metadata = (name: string, labels: Record<string, string> = {}) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '',
  labels,
});

const node = (name: string, zone: string, status: Node['status'] = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: metadata(name, { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone }),
  status: { allocatable: { cpu: '4', memory: '8Gi', pods: '10' }, ...status },
});

const pod = (name: string, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name, { app: 'web' }),
  spec: {
    containers: [{ name: 'main', image: 'web:v1', resources: { requests: { cpu: '1', memory: '1Gi' } } }],
    ...spec,
  },
});

function cluster(...made: readonly Node[]): Snapshot {
  const nodes = new Snapshot();
  for (const one of made) nodes.setNode(one);
  return nodes;
}

function scores(policy: ScorePolicy, nodes: Snapshot, waiting: Pod): Float64Array {
  const out = new Float64Array(nodes.present.length);
  policy.score(podShape(waiting), nodes, nodes.present, out);
  return out.subarray(0, nodes.rows);
}

describe('kube-default', () => {
  test('adds up, of an empty node, what its plug-ins give it', () => {
    const nodes = cluster(node('a', 'x'));
    const shape = podShape(pod('p'));
    // by hand: 3·100 without taints; (⌊3/4·100⌋ + ⌊7/8·100⌋)/2 = 81; 50 + (50 + ⌊(1 − |¼ − ⅛|/2)·100⌋ − 100)/2 = 71
    expect(kubeDefault().explain(shape, nodes, nodes.present, 0)).toEqual([
      { name: 'TaintToleration', value: 300, detail: '3 · 100, from 0' },
      { name: 'NodeResourcesFit', value: 81, detail: '1 · 81, from 81' },
      { name: 'NodeResourcesBalancedAllocation', value: 71, detail: '1 · 71, from 71' },
      { name: 'ImageLocality', value: 0, detail: '1 · 0, from 0' },
    ]);
    expect([...scores(kubeDefault(), nodes, pod('p'))]).toEqual([452]);
  });

  test('counts an image by its size and by how many nodes have it', () => {
    const images = [{ names: ['web:v1'], sizeBytes: 300 * 2 ** 20 }];
    const [a, b] = scores(kubeDefault(), cluster(node('a', 'x', { images }), node('b', 'x')), pod('p'));
    // half of the nodes have 300 MiB: (150 − 23)/(1000 − 23) of 100
    expect((a ?? 0) - (b ?? 0)).toBe(12);
  });

  test.each<[string, Partial<PodSpec>]>([
    ['nothing to say of other nodes', {}],
    [
      'preferred nodes',
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 7, preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] } },
              { weight: 3, preference: { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['b'] }] } },
            ],
          },
        },
      },
    ],
    [
      'soft constraints of its spread',
      {
        topologySpreadConstraints: [
          {
            topologyKey: 'topology.kubernetes.io/zone',
            maxSkew: 1,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { app: 'web' } },
          },
        ],
      },
    ],
  ])('scores a row anew after a pod has come to it, of a pod with %s', (_what, spec) => {
    const policy = kubeDefault();
    const nodes = cluster(node('a', 'x'), node('b', 'y'), node('c', 'y'));
    const before = scores(policy, nodes, pod('p', spec)).slice();
    nodes.place(podInfo(pod('q', spec), 0), 1);
    const rescored = policy.rescore(podShape(pod('p', spec)), nodes, 1);
    expect(rescored).toBe(scores(kubeDefault(), nodes, pod('p', spec))[1]);
    expect(rescored).toBeLessThan(before[1] ?? 0);
  });

  test('does not rescore a pod that it has not scored', () => {
    const nodes = cluster(node('a', 'x'));
    expect(() => kubeDefault().rescore(podShape(pod('p')), nodes, 0)).toThrow(/has not scored/);
  });

  test('spreads the pods of a service and of a workload that state no constraints', () => {
    const policy = kubeDefault();
    const nodes = cluster(node('a', 'x'), node('b', 'x'), node('c', 'y'));
    nodes.setDefaultSelector((shape) =>
      defaultSelectorOf(
        shape,
        [{ namespace: 'default', selector: { app: 'web' } }],
        [{ namespace: 'other', selector: { matchLabels: { app: 'web' } } }],
      ),
    );
    nodes.place(podInfo(pod('q', { containers: [{ name: 'main' }] }), 0), 0);
    const shape = podShape(pod('p'));
    const spreadOf = (row: number) =>
      policy.explain(shape, nodes, nodes.present, row).find(({ name }) => name === 'PodTopologySpread')?.value;
    // raw: 2 + 4 and ln 5 for each pod of the node, ln 4 for each of the zone: 9, 7 and 6; 100·(9 + 6 − raw)/9, twice
    expect([0, 1, 2].map(spreadOf)).toEqual([132, 176, 200]);
  });
});

test('most-allocated prefers the node of which most is used', () => {
  const nodes = cluster(node('a', 'x'), node('b', 'x'));
  nodes.place(podInfo(pod('q'), 0), 1);
  // (⌊1/4·100⌋ + ⌊1/8·100⌋)/2 and (⌊2/4·100⌋ + ⌊2/8·100⌋)/2
  expect([...scores(mostAllocated(), nodes, pod('p'))]).toEqual([18, 37]);
});
