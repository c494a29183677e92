/** Nodes and pods of a large cluster, drawn from a seed. */
import type { Node, Pod, PodSpec } from '../../src/api/kubernetes.js';
import { capacityPrefix, estimatePrefix, podShape, type PodShape, Snapshot } from '../../src/scheduling/index.js';
import type { Random } from '../../src/support/random.js';

const mebibyte = 2 ** 20;
const zones = 10;

/** Of four resources: cpu and memory, and network and disk as annotations say. */
export const nodeOf = (index: number): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `node-${index}`,
    uid: `node-${index}`,
    resourceVersion: '1',
    creationTimestamp: '',
    labels: {
      'kubernetes.io/hostname': `node-${index}`,
      'topology.kubernetes.io/zone': `zone-${index % zones}`,
    },
    annotations: {
      [`${capacityPrefix}network`]: '1250Mi',
      [`${capacityPrefix}disk`]: '500Mi',
    },
  },
  status: { allocatable: { cpu: '32', memory: '128Gi', pods: '110', 'ephemeral-storage': '500Gi' } },
});

export function clusterOf(nodes: number, random: Random): Snapshot {
  const snapshot = new Snapshot();
  for (let index = 0; index < nodes; index++) {
    const row = snapshot.setNode(nodeOf(index));
    const mean = {
      cpu: 16_000 * random.uniform(),
      memory: 65_536 * mebibyte * random.uniform(),
      network: 600 * mebibyte * random.uniform(),
      disk: 250 * mebibyte * random.uniform(),
    };
    snapshot.setUse(row, { from: 1, to: 2, mean, variance: { cpu: 1e6 * random.uniform() } });
  }
  return snapshot;
}

export interface PodFacts {
  readonly app: string;
  readonly cpu: number;
  readonly memory: number;
  readonly spec?: Partial<PodSpec>;
  readonly on?: string;
}

export const podOf = (name: string, { app, cpu, memory, spec = {}, on }: PodFacts): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'bench',
    uid: name,
    resourceVersion: '1',
    creationTimestamp: '',
    labels: { app },
    annotations: {
      [`${estimatePrefix}network`]: '1Mi',
      [`${estimatePrefix}disk`]: '1Mi',
    },
  },
  spec: {
    containers: [
      {
        name: 'main',
        image: `registry.test/${app}:1`,
        resources: { requests: { cpu: `${cpu}m`, memory: `${memory}Mi` } },
      },
    ],
    ...(on !== undefined && { nodeName: on }),
    ...spec,
  },
});

/** No two alike in what they request. */
export const differentShapes = (count: number): readonly PodShape[] =>
  Array.from({ length: count }, (_, index) =>
    podShape(podOf(`p${index}`, { app: 'web', cpu: 50 + (index % 200), memory: 64 + Math.floor(index / 200) })),
  );

const selects = (app: string) => ({ labelSelector: { matchLabels: { app } } });

export const apartByHost: Partial<PodSpec> = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', ...selects('apart') }],
    },
  },
};

export const togetherByZone: Partial<PodSpec> = {
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'topology.kubernetes.io/zone', ...selects('together') },
      ],
    },
  },
};

export const spreadByZone: Partial<PodSpec> = {
  topologySpreadConstraints: [
    {
      topologyKey: 'topology.kubernetes.io/zone',
      maxSkew: 5,
      whenUnsatisfiable: 'DoNotSchedule',
      ...selects('spread'),
    },
  ],
};
