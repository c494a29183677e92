/** Pods and nodes of other teams, as they are in clusters: about 11.7 KB a pod, most of it of no interest to anybody else. */
import { Node, Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { timestamp } from '../../src/support/time.js';

/** Stands once in the spec of each: whoever holds a pod whole holds it. */
export const marker = 'whole-foreign-pod';

const replicasOfEach = 10;
const inFlight = 48;
/** When they started; any moment will do. */
const start = Date.UTC(2026, 0, 1);

export const namespaceOf = (index: number): string => `team-${index % 20}`;
export const nameOf = (index: number): string =>
  `service-${Math.floor(index / 20 / replicasOfEach)}-7d4b9c6f85-${String(index).padStart(6, '0')}`;

export async function inParallel(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

export async function createPods(cluster: Cluster, count: number, nodes: number): Promise<void> {
  await inParallel(count, async (index) => {
    const pod = await cluster.create(Pod, podDraft(index, nodes));
    const { name, namespace = '' } = pod.metadata;
    await cluster.patch(Pod, { name, namespace }, mergePatch({ status: statusOf(index) }), { subresource: 'status' });
  });
}

export async function createNodes(cluster: Cluster, count: number): Promise<void> {
  await inParallel(count, async (index) => {
    const { metadata } = await cluster.create(Node, { metadata: { name: `node-${index}`, labels: nodeLabels(index) } });
    await cluster.patch(Node, { name: metadata.name }, mergePatch({ status: nodeStatus }), { subresource: 'status' });
  });
}

/** One of them has changed, as its kubelet says it. */
export const change = (cluster: Cluster, index: number, times: number): Promise<unknown> =>
  cluster.patch(
    Pod,
    { namespace: namespaceOf(index), name: nameOf(index) },
    mergePatch({ status: { containerStatuses: containerStatuses(index, times) } }),
    { subresource: 'status' },
  );

function podDraft(index: number, nodes: number): Draft<Pod> {
  const app = `service-${Math.floor(index / 20 / replicasOfEach)}`;
  const uid = `00000000-0000-4000-8000-${String(Math.floor(index / 20 / replicasOfEach)).padStart(12, '0')}`;
  return {
    metadata: {
      namespace: namespaceOf(index),
      name: nameOf(index),
      labels: {
        'app.kubernetes.io/name': app,
        'app.kubernetes.io/instance': `${app}-production`,
        'app.kubernetes.io/version': '1.24.3',
        'app.kubernetes.io/managed-by': 'Helm',
        'pod-template-hash': '7d4b9c6f85',
      },
      annotations: {
        'prometheus.io/scrape': 'true',
        'prometheus.io/port': '9090',
        'checksum/config': 'a3f5c2e1d4b6978800112233445566778899aabbccddeeff0011223344556677',
        'kubectl.kubernetes.io/restartedAt': timestamp(start),
      },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-7d4b9c6f85`,
          uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      nodeName: `node-${index % nodes}`,
      serviceAccountName: 'default',
      priority: 0,
      terminationGracePeriodSeconds: 60,
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: 'kubernetes.io/hostname',
                labelSelector: { matchLabels: { 'app.kubernetes.io/name': app } },
              },
            },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': app } },
        },
      ],
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      initContainers: [
        {
          name: 'migrate',
          image: `registry.example.com/platform/${app}:1.24.3`,
          command: ['/app/bin/migrate', '--wait'],
          env: variables(2, index),
          volumeMounts: mounts,
        },
      ],
      containers: [
        {
          name: 'app',
          image: `registry.example.com/platform/${app}:1.24.3`,
          args: ['serve', '--config=/etc/app/config.yaml', '--listen=0.0.0.0:8080', '--log-format=json'],
          env: [{ name: 'MARKER', value: `${marker}-${index}` }, ...variables(5, index)],
          envFrom: [{ configMapRef: { name: `${app}-environment` } }, { secretRef: { name: `${app}-credentials` } }],
          ports: [
            { name: 'http', containerPort: 8080 },
            { name: 'metrics', containerPort: 9090 },
          ],
          resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } },
          livenessProbe: probe('/healthz'),
          readinessProbe: probe('/readyz'),
          startupProbe: probe('/startupz'),
          volumeMounts: mounts,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
        {
          name: 'proxy',
          image: 'registry.example.com/mesh/proxy:1.24.3',
          args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
          env: variables(2, index),
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '1Gi' } },
          readinessProbe: probe('/healthz/ready'),
          volumeMounts: mounts,
        },
      ],
      volumes: [
        { name: 'config', configMap: { name: `${app}-config`, defaultMode: 420 } },
        { name: 'credentials', secret: { secretName: `${app}-credentials`, defaultMode: 420 } },
        { name: 'scratch', emptyDir: { sizeLimit: '1Gi' } },
        {
          name: 'token',
          projected: { sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
        },
      ],
    },
  };
}

const mounts = [
  { name: 'config', mountPath: '/etc/app', readOnly: true },
  { name: 'credentials', mountPath: '/var/run/secrets/app', readOnly: true },
  { name: 'scratch', mountPath: '/tmp' },
  { name: 'token', mountPath: '/var/run/secrets/tokens', readOnly: true },
];

const variables = (count: number, index: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `SERVICE_SETTING_${i}`,
    value: `https://backend-${i}.team-${index % 20}.svc`,
  }));

const probe = (path: string) => ({
  httpGet: { path, port: 8080, scheme: 'HTTP' },
  initialDelaySeconds: 5,
  periodSeconds: 10,
  timeoutSeconds: 3,
  failureThreshold: 6,
});

function containerStatuses(index: number, restartCount: number) {
  return ['app', 'proxy'].map((name) => ({
    name,
    ready: true,
    started: true,
    restartCount,
    image: `registry.example.com/platform/${name}:1.24.3`,
    imageID: `registry.example.com/platform/${name}@sha256:${String(index).padStart(64, '0')}`,
    containerID: `containerd://${String(index).padStart(64, 'a')}`,
    state: { running: { startedAt: timestamp(start) } },
  }));
}

function statusOf(index: number) {
  const types = ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'];
  return {
    phase: 'Running',
    hostIP: '10.0.0.1',
    podIP: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    qosClass: 'Burstable',
    startTime: timestamp(start),
    conditions: types.map((type) => ({ type, status: 'True', lastTransitionTime: timestamp(start) })),
    containerStatuses: containerStatuses(index, 0),
  };
}

const nodeLabels = (index: number) => ({
  'kubernetes.io/hostname': `node-${index}`,
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/os': 'linux',
  'node.kubernetes.io/instance-type': 'm6i.4xlarge',
  'topology.kubernetes.io/zone': `zone-${index % 3}`,
});

const nodeStatus = {
  capacity: { cpu: '16', memory: '64Gi', pods: '110' },
  allocatable: { cpu: '15', memory: '60Gi', pods: '110' },
  conditions: ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : 'False',
    reason: 'KubeletSaysSo',
    message: 'as the kubelet sees it',
    lastHeartbeatTime: timestamp(start),
    lastTransitionTime: timestamp(start),
  })),
  // a kubelet tells of fifty
  images: Array.from({ length: 50 }, (_, i) => ({
    names: [
      `registry.example.com/platform/service-${i}@sha256:${String(i).padStart(64, '0')}`,
      `registry.example.com/platform/service-${i}:1.24.3`,
    ],
    sizeBytes: 100_000_000 + i,
  })),
};
