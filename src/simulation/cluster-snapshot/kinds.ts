/** Which kinds are in a snapshot, and what of them: what the scheduler, the rebalancer and pools decide by. */
import { PodDisruptionBudget, PriorityClass } from '../../api/administration.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { Deployment, Namespace, Node, Pod, ReplicaSet, StatefulSet } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import { annotations as marks, optIn, simulationGroup } from '../../api/names.js';
import { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/storage.js';
import { capacityPrefix, estimatePrefix } from '../../scheduling/resources/estimate.js';
import { annotations, fields, type Kept, key, labels, labelValue, list, map, name, object, value } from './kept.js';

export interface SnapshotKind {
  readonly kind: Kind<Resource>;
  readonly kept: Kept;
  /** What a result lacks where they may not be read. */
  readonly lacking: string;
  /** Whether its changes are part of the course of a cluster. */
  readonly isWatched?: boolean;
}

const decided = annotations(
  [optIn.pool],
  [
    marks.deliveredAt,
    marks.stockedAt,
    marks.returnedAt,
    marks.index,
    estimatePrefix,
    capacityPrefix,
    `${simulationGroup}/`,
  ],
);

const metadata = object({
  ...fields(name, 'name', 'namespace', 'uid', 'generateName'),
  ...fields(value, 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'),
  resourceVersion: value,
  labels,
  annotations: decided,
  ownerReferences: list(
    object({ ...fields(name, 'name', 'uid'), ...fields(value, 'apiVersion', 'kind', 'controller') }),
  ),
});

const expressions = list(object({ key, operator: value, values: list(labelValue) }));
const labelSelector = object({ matchLabels: labels, matchExpressions: expressions });
const nodeTerm = object({
  matchExpressions: expressions,
  matchFields: list(object({ key, operator: value, values: list(name) })),
});
const podTerm = object({
  labelSelector,
  namespaceSelector: labelSelector,
  namespaces: list(name),
  topologyKey: key,
  ...fields(list(key), 'matchLabelKeys', 'mismatchLabelKeys'),
});
const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: list(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: list(object({ weight: value, podAffinityTerm: podTerm })),
});
const affinity = object({
  nodeAffinity: object({
    requiredDuringSchedulingIgnoredDuringExecution: object({ nodeSelectorTerms: list(nodeTerm) }),
    preferredDuringSchedulingIgnoredDuringExecution: list(object({ weight: value, preference: nodeTerm })),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});
const amounts = object(fields(map(value), 'requests', 'limits'));
const containers = list(
  object({
    ...fields(name, 'name', 'image'),
    resources: amounts,
    restartPolicy: value,
    ports: list(object(fields(value, 'containerPort', 'hostPort', 'protocol'))),
  }),
);
const podSpec = object({
  ...fields(containers, 'containers', 'initContainers'),
  ...fields(name, 'nodeName', 'schedulerName', 'priorityClassName', 'runtimeClassName'),
  ...fields(
    value,
    'priority',
    'preemptionPolicy',
    'overhead',
    'hostNetwork',
    'restartPolicy',
    'terminationGracePeriodSeconds',
    'activeDeadlineSeconds',
  ),
  resources: amounts,
  nodeSelector: labels,
  affinity,
  tolerations: list(object({ key, operator: value, value: labelValue, effect: value, tolerationSeconds: value })),
  topologySpreadConstraints: list(
    object({
      topologyKey: key,
      ...fields(value, 'maxSkew', 'minDomains', 'whenUnsatisfiable', 'nodeAffinityPolicy', 'nodeTaintsPolicy'),
      labelSelector,
      matchLabelKeys: list(key),
    }),
  ),
  schedulingGates: list(object({ name: key })),
  // which claims of volumes it has; nothing of Secrets and ConfigMaps
  volumes: list(object({ persistentVolumeClaim: object({ claimName: name, readOnly: value }) })),
});
const template = object({ metadata: object({ labels, annotations: decided }), spec: podSpec });
const conditions = list(object(fields(value, 'type', 'status', 'reason', 'lastTransitionTime')));

const of = <T extends Resource>(kind: Kind<T>): Kind<Resource> => kind;

export const snapshotKinds: readonly SnapshotKind[] = [
  {
    kind: of(Node),
    isWatched: true,
    kept: object({
      metadata,
      spec: object({
        unschedulable: value,
        taints: list(object({ key, value: labelValue, effect: value, timeAdded: value })),
      }),
      status: object({ ...fields(map(value), 'capacity', 'allocatable'), conditions }),
    }),
    lacking: 'nothing can be said of the cluster',
  },
  {
    kind: of(Namespace),
    kept: object({ metadata, status: object({ phase: value }) }),
    lacking: 'affinity to pods of namespaces with certain labels is taken to match none',
  },
  {
    kind: of(PriorityClass),
    kept: object({ metadata, ...fields(value, 'value', 'globalDefault', 'preemptionPolicy') }),
    lacking: 'pods that are added have the priority 0',
  },
  {
    kind: of(Pod),
    isWatched: true,
    kept: object({
      metadata,
      spec: podSpec,
      status: object({
        ...fields(value, 'phase', 'startTime', 'resize', 'qosClass'),
        nominatedNodeName: name,
        conditions,
        containerStatuses: list(
          object({ name, ...fields(value, 'ready', 'restartCount', 'started'), resources: amounts }),
        ),
      }),
    }),
    lacking: 'nothing can be said of what runs',
  },
  ...([ReplicaSet, Deployment, StatefulSet] as const).map(
    (kind): SnapshotKind => ({
      kind: of<Resource>(kind),
      kept: object({
        metadata,
        spec: object({ replicas: value, selector: labelSelector, template, minReadySeconds: value }),
        status: object(fields(value, 'replicas', 'readyReplicas', 'availableReplicas', 'observedGeneration')),
      }),
      lacking: `pods of ${kind.plural} are taken for pods whose owner is not known`,
    }),
  ),
  {
    kind: of(PodDisruptionBudget),
    kept: object({
      metadata,
      spec: object({
        ...fields(value, 'minAvailable', 'maxUnavailable', 'unhealthyPodEvictionPolicy'),
        selector: labelSelector,
      }),
      status: object(
        fields(value, 'disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods', 'observedGeneration'),
      ),
    }),
    lacking: 'every pod counts as one that may be evicted',
  },
  {
    kind: of(PersistentVolumeClaim),
    kept: object({
      metadata,
      spec: object({ ...fields(name, 'volumeName', 'storageClassName'), accessModes: value, resources: amounts }),
      status: object({ phase: value }),
    }),
    lacking: 'volumes keep no pod from any node',
  },
  {
    kind: of(PersistentVolume),
    kept: object({
      metadata,
      spec: object({
        accessModes: value,
        capacity: map(value),
        storageClassName: name,
        nodeAffinity: object({ required: object({ nodeSelectorTerms: list(nodeTerm) }) }),
        claimRef: object(fields(name, 'namespace', 'name', 'uid')),
      }),
      status: object({ phase: value }),
    }),
    lacking: 'volumes keep no pod from any node',
  },
  {
    kind: of(StorageClass),
    kept: object({ metadata, volumeBindingMode: value, provisioner: name }),
    lacking: 'volumes that are not bound yet keep no pod from any node',
  },
  {
    kind: of(ContainerPool),
    isWatched: true,
    kept: object({
      metadata,
      spec: object({
        ...fields(value, 'replicas', 'autoscale', 'refill', 'expireAfter', 'renewal'),
        ...fields(name, 'line', 'fromDeployment'),
        template,
      }),
      status: object({
        ...fields(value, 'desired', 'replicas', 'ready', 'starting', 'delivered', 'hitRate', 'updated'),
        conditions,
      }),
    }),
    lacking: 'pools and their stock are not known as such',
  },
  {
    kind: of(ContainerClaim),
    isWatched: true,
    kept: object({
      metadata,
      spec: object({
        pool: object({ name }),
        tenant: name,
        items: list(object({ name, shape: name, count: value, resources: amounts })),
        ...fields(value, 'priority', 'minAvailable', 'whenEmpty', 'deadline', 'lifetime', 'backoffLimit'),
      }),
      status: object({
        ...fields(
          value,
          'desired',
          'allocated',
          'configured',
          'ready',
          'succeeded',
          'failed',
          'deliveredAt',
          'readyAt',
        ),
        conditions,
      }),
    }),
    lacking: 'claims, and how long they waited, are not known',
  },
];
