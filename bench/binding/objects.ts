/** Nodes without kubelets, and pods that are only bound: what an API server wants of them, and what a scheduler looks at. */
import type { Node, Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';

/** Both schedulers are run under this name: the pods are the same. */
export const schedulerName = 'default-scheduler';
const zones = 10;
const shapes = 200;

const room = { cpu: '32', memory: '128Gi', pods: '110', 'ephemeral-storage': '500Gi' };

export const nodeDraft = (index: number): Draft<Node> => ({
  metadata: {
    name: `node-${index}`,
    labels: {
      'kubernetes.io/hostname': `node-${index}`,
      'kubernetes.io/os': 'linux',
      'topology.kubernetes.io/zone': `zone-${index % zones}`,
    },
  },
  status: { capacity: room, allocatable: room, conditions: [{ type: 'Ready', status: 'True' }] },
});

/** `equal`: all request the same; `different`: 200 different requests in turn. */
export type Mix = 'equal' | 'different';

const requestsOf = (mix: Mix, index: number) =>
  mix === 'equal'
    ? { cpu: '100m', memory: '128Mi' }
    : { cpu: `${50 + (index % shapes)}m`, memory: `${64 + (index % shapes)}Mi` };

export const podDraft = (namespace: string, name: string, mix: Mix, index: number): Draft<Pod> => ({
  metadata: { namespace, name, labels: { app: mix, 'bench.test/burst': 'yes' } },
  spec: {
    schedulerName,
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'registry.test/app:1', resources: { requests: requestsOf(mix, index) } }],
  },
});
