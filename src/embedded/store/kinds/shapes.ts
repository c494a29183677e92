import type { Shape } from '../decode.js';
import { isObject, type JsonObject, objectAt } from '../json.js';

/**
 * The fields of the kinds of Kubernetes 1.36, as far as their unknown fields and wrong types are found. What stands
 * under `any` is not looked into.
 */

type Names = Partial<Record<'text' | 'integer' | 'flag' | 'texts' | 'any' | 'amount' | 'intOrString', string>>;

function fields(names: Names, others: Readonly<Record<string, Shape>> = {}): Shape {
  const result: Record<string, Shape> = { ...others };
  for (const shape of ['text', 'integer', 'flag', 'texts', 'any', 'amount', 'intOrString'] as const)
    for (const name of (names[shape] ?? '').split(' ')) if (name !== '') result[name] = shape;
  return { fields: result };
}

const list = (item: Shape): Shape => ({ list: item });
const amounts: Shape = { values: 'amount' };

const owner = fields({ text: 'apiVersion kind name uid', flag: 'controller blockOwnerDeletion' });

const metadata = fields(
  {
    text: 'name generateName namespace selfLink uid resourceVersion creationTimestamp deletionTimestamp',
    integer: 'generation deletionGracePeriodSeconds',
    texts: 'labels annotations',
    any: 'managedFields',
  },
  { ownerReferences: list(owner), finalizers: list('text') },
);

const resources = fields({ any: 'claims' }, { limits: amounts, requests: amounts });

const probe = fields({
  any: 'exec httpGet tcpSocket grpc',
  integer:
    'initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold terminationGracePeriodSeconds',
});

const container = fields(
  {
    text: 'name image workingDir restartPolicy terminationMessagePath terminationMessagePolicy imagePullPolicy',
    flag: 'stdin stdinOnce tty',
    any: 'envFrom resizePolicy restartPolicyRules volumeDevices lifecycle securityContext targetContainerName',
  },
  {
    command: list('text'),
    args: list('text'),
    ports: list(fields({ text: 'name protocol hostIP', integer: 'hostPort containerPort' })),
    env: list(fields({ text: 'name value', any: 'valueFrom' })),
    resources,
    volumeMounts: list(
      fields({ text: 'name recursiveReadOnly mountPath subPath mountPropagation subPathExpr', flag: 'readOnly' }),
    ),
    livenessProbe: probe,
    readinessProbe: probe,
    startupProbe: probe,
  },
);

const podSpec = fields(
  {
    text: 'restartPolicy dnsPolicy serviceAccountName serviceAccount nodeName hostname subdomain schedulerName priorityClassName runtimeClassName preemptionPolicy hostnameOverride',
    integer: 'terminationGracePeriodSeconds activeDeadlineSeconds priority',
    flag: 'automountServiceAccountToken hostNetwork hostPID hostIPC shareProcessNamespace enableServiceLinks setHostnameAsFQDN hostUsers',
    texts: 'nodeSelector',
    any: 'securityContext imagePullSecrets affinity hostAliases dnsConfig readinessGates topologySpreadConstraints os resourceClaims schedulingGroup',
  },
  {
    volumes: list('any'),
    initContainers: list(container),
    containers: list(container),
    ephemeralContainers: list(container),
    tolerations: list(fields({ text: 'key operator value effect', integer: 'tolerationSeconds' })),
    schedulingGates: list(fields({ text: 'name' })),
    overhead: amounts,
    resources,
  },
);

const condition = fields({
  text: 'type status reason message lastProbeTime lastTransitionTime lastHeartbeatTime lastUpdateTime',
  integer: 'observedGeneration',
});

const containerStatus = fields({
  text: 'name image imageID containerID stopSignal',
  flag: 'ready started',
  integer: 'restartCount',
  any: 'state lastState allocatedResources resources volumeMounts user allocatedResourcesStatus',
});

const podStatus = fields(
  {
    text: 'phase message reason nominatedNodeName hostIP podIP startTime qosClass resize',
    integer: 'observedGeneration',
    any: 'hostIPs podIPs resourceClaimStatuses extendedResourceClaimStatus allocatedResources resources nodeAllocatableResourceClaimStatuses',
  },
  {
    conditions: list(condition),
    initContainerStatuses: list(containerStatus),
    containerStatuses: list(containerStatus),
    ephemeralContainerStatuses: list(containerStatus),
  },
);

const nodeStatus = fields(
  {
    text: 'phase',
    any: 'addresses daemonEndpoints nodeInfo images volumesInUse volumesAttached config runtimeHandlers features declaredFeatures',
  },
  { capacity: amounts, allocatable: amounts, conditions: list(condition) },
);

const nodeSpec = fields(
  { text: 'podCIDR providerID externalID', flag: 'unschedulable', any: 'configSource podCIDRs' },
  { taints: list(fields({ text: 'key value effect timeAdded' })) },
);

const selector = fields({ texts: 'matchLabels', any: 'matchExpressions' });
const template: Shape = { fields: { metadata, spec: podSpec } };
const counts = 'observedGeneration replicas readyReplicas availableReplicas terminatingReplicas collisionCount';

const object = (parts: Readonly<Record<string, Shape>>, names: Names = {}): Shape =>
  fields({ ...names, text: `apiVersion kind ${names.text ?? ''}` }, { ...parts, metadata });

/** By the name of the kind. */
export const shapes: Readonly<Record<string, Shape>> = {
  Pod: object({ spec: podSpec, status: podStatus }),
  Node: object({ spec: nodeSpec, status: nodeStatus }),
  Namespace: object({
    spec: { fields: { finalizers: list('text') } },
    status: fields({ text: 'phase' }, { conditions: list(condition) }),
  }),
  ConfigMap: object({}, { flag: 'immutable', texts: 'data binaryData' }),
  Secret: object({}, { flag: 'immutable', texts: 'data stringData', text: 'type' }),
  ServiceAccount: object({}, { flag: 'automountServiceAccountToken', any: 'secrets imagePullSecrets' }),
  Lease: object({
    spec: fields({
      text: 'holderIdentity acquireTime renewTime strategy preferredHolder',
      integer: 'leaseDurationSeconds leaseTransitions',
    }),
  }),
  Event: object(
    {},
    {
      text: 'eventTime reportingController reportingInstance action reason note type deprecatedFirstTimestamp deprecatedLastTimestamp',
      integer: 'deprecatedCount',
      any: 'series regarding related deprecatedSource',
    },
  ),
  ControllerRevision: object({}, { integer: 'revision', any: 'data' }),
  ReplicaSet: object({
    spec: fields({ integer: 'replicas minReadySeconds' }, { selector, template }),
    status: fields({ integer: `${counts} fullyLabeledReplicas` }, { conditions: list(condition) }),
  }),
  Deployment: object({
    spec: fields(
      { integer: 'replicas minReadySeconds revisionHistoryLimit progressDeadlineSeconds', flag: 'paused' },
      { selector, template, strategy: fields({ text: 'type', any: 'rollingUpdate' }) },
    ),
    status: fields({ integer: `${counts} updatedReplicas unavailableReplicas` }, { conditions: list(condition) }),
  }),
  StatefulSet: object({}, { any: 'spec status' }),
  PodDisruptionBudget: object({
    spec: fields({ text: 'unhealthyPodEvictionPolicy', intOrString: 'minAvailable maxUnavailable' }, { selector }),
    status: fields(
      {
        integer: 'observedGeneration disruptionsAllowed currentHealthy desiredHealthy expectedPods',
        texts: 'disruptedPods',
      },
      { conditions: list(condition) },
    ),
  }),
  ReplicationController: object({}, { any: 'spec status' }),
  Service: object({}, { any: 'spec status' }),
  CustomResourceDefinition: object({}, { any: 'spec status' }),
};

/** The fields that a CRD's schema names. Types are left to the schema's own check. */
export function customShape(schema: unknown): Shape {
  const own = isObject(schema) ? shapeOf(schema) : 'any';
  if (typeof own === 'string' || !('fields' in own)) return object({}, { any: 'spec status' });
  return { fields: { ...own.fields, apiVersion: 'text', kind: 'text', metadata } };
}

function shapeOf(schema: JsonObject): Shape {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return 'any';
  if (isObject(schema.items)) return { list: shapeOf(schema.items) };
  if (isObject(schema.additionalProperties)) return { values: shapeOf(schema.additionalProperties) };
  if (!isObject(schema.properties)) return 'any';
  const properties = Object.entries(schema.properties);
  return { fields: Object.fromEntries(properties.map(([field, below]) => [field, shapeOf(objectAt(below))])) };
}
