import { describe, expect, test } from 'vitest';
import type { Node, PodSpec } from '../../../api/kubernetes.js';
import { podRequests } from '../../../scheduling/resources/pod-requests.js';
import { type Candidate, choose, refusals } from './fits.js';
import type { PodShape } from './shape.js';

const gib = 2 ** 30;

function candidate(name: string, spec: Node['spec'] = {}, used: Candidate['used'] = {}): Candidate {
  const labels = { 'kubernetes.io/hostname': name, zone: name < 'n2' ? 'a' : 'b', cores: '8' };
  const metadata = { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels };
  return {
    node: { apiVersion: 'v1', kind: 'Node', metadata, spec },
    allocatable: { cpu: 4000, memory: 8 * gib, pods: 10 },
    used,
  };
}

function shape(
  spec: Partial<PodSpec> = {},
  requests: Readonly<Record<string, string>> = { cpu: '1', memory: '1Gi' },
): PodShape {
  const full: PodSpec = { containers: [{ name: 'main', resources: { requests } }], ...spec };
  const affinity = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  return {
    requests: podRequests(full),
    nodeSelector: spec.nodeSelector ?? {},
    affinity,
    tolerations: spec.tolerations ?? [],
  };
}

const where = (key: string, operator: string, ...values: string[]): PodShape =>
  shape({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key, operator, values }] }],
        },
      },
    },
  });

const tainted = { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] };
const noMatch = "node(s) didn't match Pod's node affinity/selector";

describe('whether a node can take a pod', () => {
  test.each<[string, PodShape, Candidate, readonly string[]]>([
    ['it fits exactly', shape(), candidate('n1', {}, { cpu: 3000, memory: 7 * gib, pods: 9 }), []],
    ['a resource is short', shape(), candidate('n1', {}, { cpu: 3001 }), ['Insufficient cpu']],
    [
      'several are',
      shape({}, { cpu: '5', memory: '9Gi' }),
      candidate('n1'),
      ['Insufficient cpu', 'Insufficient memory'],
    ],
    ['there are too many pods', shape({}, {}), candidate('n1', {}, { pods: 10 }), ['Too many pods']],
    [
      'the node lacks a resource altogether',
      shape({}, { 'example.com/gpu': '1' }),
      candidate('n1'),
      ['Insufficient example.com/gpu'],
    ],
    ['it is cordoned', shape(), candidate('n1', { unschedulable: true }), ['node(s) were unschedulable']],
    ['it is tainted', shape(), candidate('n1', tainted), ['node(s) had untolerated taint {gpu: yes}']],
    [
      'the taint is tolerated',
      shape({ tolerations: [{ key: 'gpu', operator: 'Exists' }] }),
      candidate('n1', tainted),
      [],
    ],
    [
      'another value is tolerated',
      shape({ tolerations: [{ key: 'gpu', value: 'no' }] }),
      candidate('n1', tainted),
      ['node(s) had untolerated taint {gpu: yes}'],
    ],
    ['the taint only asks', shape(), candidate('n1', { taints: [{ key: 'a', effect: 'PreferNoSchedule' }] }), []],
    ['a label is wrong', shape({ nodeSelector: { zone: 'b' } }), candidate('n1'), [noMatch]],
    ['In', where('zone', 'In', 'a', 'c'), candidate('n1'), []],
    ['NotIn', where('zone', 'NotIn', 'a'), candidate('n1'), [noMatch]],
    ['Exists', where('nothing', 'Exists'), candidate('n1'), [noMatch]],
    ['DoesNotExist', where('nothing', 'DoesNotExist'), candidate('n1'), []],
    ['Gt', where('cores', 'Gt', '8'), candidate('n1'), [noMatch]],
    ['Lt', where('cores', 'Lt', '9'), candidate('n1'), []],
  ])('%s', (_what, pod, node, expected) => {
    expect(refusals(pod, node)).toEqual(expected);
  });
});

describe('the choice', () => {
  test('is the node that stays emptiest', () => {
    const nodes = [
      candidate('n1', {}, { cpu: 2000, pods: 1 }),
      candidate('n2', {}, { cpu: 1000, pods: 1 }),
      candidate('n3', {}, { cpu: 3000 }),
    ];
    expect(choose(shape(), nodes)).toEqual({ node: 'n2' });
  });

  test('counts the reasons when there is none', () => {
    const nodes = [candidate('n1', tainted), candidate('n2', {}, { cpu: 4000 }), candidate('n3', {}, { cpu: 4000 })];
    expect(choose(shape(), nodes)).toEqual({
      reason: '0/3 nodes are available: 1 node(s) had untolerated taint {gpu: yes}, 2 Insufficient cpu.',
    });
    expect(choose(shape(), [])).toEqual({ reason: 'no nodes available to schedule pods' });
  });
});
