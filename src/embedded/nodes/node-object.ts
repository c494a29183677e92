import type { Lease, Node } from '../../api/kubernetes.js';
import type { Draft } from '../../api/meta/resource.js';
import { type Duration, type Instant, microTimestamp, second, timestamp } from '../../support/time.js';
import type { Taint } from '../../scheduling/taints.js';
import { digestLike } from './run.js';

/** What every simulated node has. */
export interface NodeTemplate {
  /** `cpu`, `memory`, `pods`, `ephemeral-storage` and others, as quantities. All of it is allocatable. */
  readonly capacity: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
}

export const mediumNode: NodeTemplate = {
  capacity: { cpu: '16', memory: '64Gi', pods: '110', 'ephemeral-storage': '200Gi' },
};

/** Marks what is simulated: on nodes, with the name of the simulation as its value; also the key of a taint for them. */
export const simulatedLabel = 'penstock.dev/simulated';

/** Where the Leases of nodes are. */
export const leaseNamespace = 'kube-node-lease';
export const leaseDuration: Duration = 40 * second;

/** The address of the i-th node: good for a million of them. */
export function addressOf(index: number): string {
  const number = index + 1;
  return `172.${16 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
}

export function nodeDraft(
  name: string,
  simulation: string,
  index: number,
  template: NodeTemplate,
  now: Instant,
): Draft<Node> {
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...template.labels,
        [simulatedLabel]: simulation,
      },
    },
    spec: template.taints ? { taints: template.taints } : {},
    status: nodeStatus(name, index, template, now),
  };
}

export function nodeStatus(
  name: string,
  index: number,
  { capacity }: NodeTemplate,
  now: Instant,
): NonNullable<Node['status']> {
  const id = digestLike(name).slice(0, 32);
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address: addressOf(index) },
      { type: 'Hostname', address: name },
    ],
    conditions: healthyConditions(now),
    daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
    nodeInfo: {
      architecture: 'amd64',
      bootID: id,
      containerRuntimeVersion: 'containerd://2.0.0',
      kernelVersion: 'simulated',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.37.2',
      machineID: id,
      operatingSystem: 'linux',
      osImage: 'Simulated',
      systemUUID: id,
    },
  };
}

type NodeCondition = NonNullable<NonNullable<Node['status']>['conditions']>[number];

const findings: readonly Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>[] = [
  {
    type: 'MemoryPressure',
    status: 'False',
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  {
    type: 'DiskPressure',
    status: 'False',
    reason: 'KubeletHasNoDiskPressure',
    message: 'kubelet has no disk pressure',
  },
  {
    type: 'PIDPressure',
    status: 'False',
    reason: 'KubeletHasSufficientPID',
    message: 'kubelet has sufficient PID available',
  },
  { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
];

/** The conditions of a node that is well; those of `before` that said the same keep their transition time. */
export function healthyConditions(now: Instant, before: readonly NodeCondition[] = []): readonly NodeCondition[] {
  return findings.map((finding) => {
    const known = before.find(({ type }) => type === finding.type);
    const since = known?.status === finding.status ? known.lastTransitionTime : undefined;
    return { ...finding, lastHeartbeatTime: timestamp(now), lastTransitionTime: since ?? timestamp(now) };
  });
}

export function leaseDraft(node: Node, now: Instant): Draft<Lease> {
  const { name, uid } = node.metadata;
  return {
    metadata: { name, namespace: leaseNamespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
    spec: { holderIdentity: name, leaseDurationSeconds: leaseDuration / second, renewTime: microTimestamp(now) },
  };
}
