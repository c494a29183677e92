import { describe, expect, test } from 'vitest';
import type { Container, Pod } from '../../api/kubernetes.js';
import { lacking } from './amounts.js';
import { heldByPod, podRequests } from './pod-requests.js';

const container = (name: string, cpu: string, more: Partial<Container> = {}): Container => ({
  name,
  resources: { requests: { cpu } },
  ...more,
});
const sidecar = { restartPolicy: 'Always' };

describe('what a pod asks for', () => {
  test.each<[string, Parameters<typeof podRequests>[0], number]>([
    ['its containers', { containers: [container('a', '1'), container('b', '500m')] }, 1500],
    [
      'an init container that needs more',
      { containers: [container('a', '1')], initContainers: [container('i', '3')] },
      3000,
    ],
    [
      'an init container that needs less',
      { containers: [container('a', '1')], initContainers: [container('i', '200m')] },
      1000,
    ],
    ['sidecars beside', { containers: [container('a', '1')], initContainers: [container('s', '1', sidecar)] }, 2000],
    [
      'an init container beside the sidecars before it',
      { containers: [container('a', '1')], initContainers: [container('s', '1', sidecar), container('i', '3')] },
      4000,
    ],
    [
      'what the pod level states, instead of the sum',
      { containers: [container('a', '1')], resources: { requests: { cpu: '3' } }, overhead: { cpu: '250m' } },
      3250,
    ],
    [
      'a limit at the pod level where no container asks for anything',
      { containers: [{ name: 'a' }], resources: { limits: { cpu: '2' } } },
      2000,
    ],
    ['overhead', { containers: [container('a', '1')], overhead: { cpu: '250m' } }, 1250],
    ['limits where no requests are stated', { containers: [{ name: 'a', resources: { limits: { cpu: '2' } } }] }, 2000],
  ])('%s', (_what, spec, cpu) => {
    expect(podRequests(spec)).toEqual({ cpu, pods: 1 });
  });
});

describe('what a pod occupies while it is resized', () => {
  const pod = (wanted: string, held: string, reason?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', uid: 'a', resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [container('main', wanted)] },
    status: {
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: true, restartCount: 0, resources: { requests: { cpu: held } } },
      ],
      ...(reason ? { conditions: [{ type: 'PodResizePending', status: 'True', reason }] } : {}),
    },
  });

  test.each<[string, Pod, number]>([
    ['to more', pod('2', '1'), 2000],
    ['to less', pod('1', '2'), 2000],
    ['to more, later', pod('2', '1', 'Deferred'), 2000],
    ['to more than there is', pod('9', '1', 'Infeasible'), 1000],
  ])('%s', (_what, given, cpu) => {
    expect(heldByPod(given)).toEqual({ cpu, pods: 1 });
  });
});

test('what is lacking is named, and nothing that is not asked for', () => {
  expect(lacking({ cpu: 2, memory: 1, gpu: 0 }, { cpu: 1, memory: 5 }, { cpu: 2, memory: 5 })).toEqual([
    'cpu',
    'memory',
  ]);
  expect(lacking({ cpu: 1 }, { cpu: 1, memory: 9 }, { cpu: 2 })).toEqual([]);
});
