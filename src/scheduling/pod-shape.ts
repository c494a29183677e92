import type { Pod, PodSpec } from '../api/kubernetes.js';
import { canonicalJson } from '../support/digest.js';
import { estimatedUse, estimatePrefix } from './resources/estimate.js';
import type { Amounts } from './resources/amounts.js';
import { heldByPod, nonZeroHeldByPod, podLimits, podRequests, scoredRequests } from './resources/pod-requests.js';
import { requiredFeatures } from './required-features.js';

export type Labels = Readonly<Record<string, string>>;

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type PodAffinity = NonNullable<Affinity['podAffinity']>;
export type NodeTerms = NonNullable<
  NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'];
export type PreferredNodeTerms = NonNullable<NodeAffinity['preferredDuringSchedulingIgnoredDuringExecution']>;
export type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];
export type WeightedPodTerm = NonNullable<PodAffinity['preferredDuringSchedulingIgnoredDuringExecution']>[number];
export type Tolerations = NonNullable<PodSpec['tolerations']>;
export type SpreadConstraint = NonNullable<PodSpec['topologySpreadConstraints']>[number];
export type Volume = NonNullable<PodSpec['volumes']>[number];

export interface HostPort {
  /** `0.0.0.0`: every address. */
  readonly hostIP: string;
  readonly protocol: string;
  readonly hostPort: number;
}

/** Terms about the pods that are near. */
export interface PodTerms {
  readonly required: readonly PodTerm[];
  readonly preferred: readonly WeightedPodTerm[];
}

/** All of a pod that decides where it may run and how well a node suits it. */
export interface PodShape {
  readonly namespace: string;
  readonly labels: Labels;
  readonly priority: number;
  /** With one `pods`. Of a pod that is on a node: what it holds there. */
  readonly requests: Amounts;
  /** The requests with kube-scheduler's small defaults where a container states none. */
  readonly nonZeroRequests: Amounts;
  /** What counts for it in kube-scheduler's own score of a node, while it waits. */
  readonly scoredRequests: Amounts;
  readonly limits: Amounts;
  /** What it is expected to use before that was measured: see `estimatedUse`. */
  readonly estimate: Amounts;
  /** The node that it names itself (`spec.nodeName` of a pod that a controller has bound). */
  readonly nodeName: string | undefined;
  readonly nodeSelector: Labels;
  /** One of these must hold; `undefined`: any node will do. */
  readonly nodeTerms: NodeTerms | undefined;
  readonly preferredNodeTerms: PreferredNodeTerms;
  readonly tolerations: Tolerations;
  readonly hostPorts: readonly HostPort[];
  readonly podAffinity: PodTerms;
  readonly podAntiAffinity: PodTerms;
  readonly spread: readonly SpreadConstraint[];
  /** Images of init containers, containers and image volumes, one for each. */
  readonly images: readonly string[];
  /** Those that tie a pod to nodes: claims and disks. */
  readonly volumes: readonly Volume[];
  /** Names of resource claims (DynamicResources). */
  readonly resourceClaims: readonly string[];
  /** Features that its node must declare. */
  readonly requiredFeatures: readonly string[];
  /** The PodGroup that it names, of its namespace. */
  readonly schedulingGroup: string | undefined;
  /** Equal for pods between which no filter and no score can tell a difference. */
  readonly key: string;
  /**
   * Equal for pods that may be on the same nodes for all that stands in the nodes themselves, if their fields are in the same
   * order, as the API server has them. Where they are not, what is kept by it is kept twice.
   */
  readonly nodeKey: string;
  /** Likewise, for pods that weigh the same in the (anti-)affinity and the spread of others. */
  readonly groupKey: string;
}

/** The shape of a pod that waits for a node, or of one that is on a node and holds what its status says. */
export const podShape = (pod: Pod): PodShape => shapeOn(pod, pod.spec?.nodeName);

/** The same without the name of the node that it is on: pods of one workload are of one shape, wherever they are. */
export const placedShape = (pod: Pod): PodShape => shapeOn(pod, undefined);

/**
 * What a shape is made of, as text: pods of equal text have equal shapes, wherever they are. To compare texts takes a tenth of
 * making shapes and their keys.
 */
export function shapeSource({ metadata: { namespace, labels, annotations }, spec, status }: Pod): string {
  const { containerStatuses = noItems, initContainerStatuses = noItems, conditions = noItems } = status ?? {};
  const held = [...containerStatuses, ...initContainerStatuses].map((container) => [
    container.name,
    container.resources,
    container.allocatedResources,
  ]);
  const resize = conditions.find(({ type }) => type === 'PodResizePending')?.reason;
  const ofPod = [status?.resources, status?.allocatedResources];
  // others may be large, and differ between pods that are equal here
  const estimates = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(estimatePrefix));
  return JSON.stringify([namespace, labels, estimates, { ...spec, nodeName: undefined }, held, resize, ofPod]);
}

function shapeOn(pod: Pod, nodeName: string | undefined): PodShape {
  const spec: PodSpec = pod.spec ?? { containers: [] };
  const { nodeAffinity, podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const requests = spec.nodeName === undefined ? podRequests(spec) : heldByPod(pod);
  return new Shape({
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? none,
    priority: spec.priority ?? 0,
    requests,
    nonZeroRequests: nonZeroHeldByPod(pod),
    scoredRequests: scoredRequests(spec),
    limits: podLimits(spec),
    estimate: estimatedUse(requests, pod.metadata.annotations),
    nodeName,
    nodeSelector: spec.nodeSelector ?? none,
    nodeTerms: nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
    preferredNodeTerms: nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? noItems,
    tolerations: spec.tolerations ?? noItems,
    hostPorts: hostPortsOf(spec),
    podAffinity: termsOf(podAffinity),
    podAntiAffinity: termsOf(podAntiAffinity),
    spread: spec.topologySpreadConstraints ?? noItems,
    images: imagesOf(spec),
    volumes: spec.volumes?.filter(tiesToNodes) ?? noItems,
    resourceClaims: spec.resourceClaims?.map(({ name }) => name) ?? noItems,
    requiredFeatures: requiredFeatures(spec),
    schedulingGroup: spec.schedulingGroup?.podGroupName,
  });
}

type Facts = Omit<PodShape, 'key' | 'nodeKey' | 'groupKey'>;

/** Keys are made when somebody asks: most pods on nodes are never compared. */
class Shape implements PodShape {
  readonly namespace!: string;
  readonly labels!: Labels;
  readonly priority!: number;
  readonly requests!: Amounts;
  readonly nonZeroRequests!: Amounts;
  readonly scoredRequests!: Amounts;
  readonly limits!: Amounts;
  readonly estimate!: Amounts;
  readonly nodeName!: string | undefined;
  readonly nodeSelector!: Labels;
  readonly nodeTerms!: NodeTerms | undefined;
  readonly preferredNodeTerms!: PreferredNodeTerms;
  readonly tolerations!: Tolerations;
  readonly hostPorts!: readonly HostPort[];
  readonly podAffinity!: PodTerms;
  readonly podAntiAffinity!: PodTerms;
  readonly spread!: readonly SpreadConstraint[];
  readonly images!: readonly string[];
  readonly volumes!: readonly Volume[];
  readonly resourceClaims!: readonly string[];
  readonly requiredFeatures!: readonly string[];
  readonly schedulingGroup!: string | undefined;
  #key: string | undefined;
  #nodeKey: string | undefined;
  #groupKey: string | undefined;

  constructor(facts: Facts) {
    Object.assign(this, facts);
  }

  get key(): string {
    this.#key ??= canonicalJson(this);
    return this.#key;
  }

  get nodeKey(): string {
    const { nodeName, nodeSelector, nodeTerms, tolerations } = this;
    this.#nodeKey ??= JSON.stringify([nodeName, nodeSelector, nodeTerms, tolerations]);
    return this.#nodeKey;
  }

  get groupKey(): string {
    const { namespace, labels, podAffinity, podAntiAffinity } = this;
    this.#groupKey ??= JSON.stringify([namespace, labels, podAffinity, podAntiAffinity]);
    return this.#groupKey;
  }
}

const none: Labels = {};
const noItems: readonly never[] = [];
const noTerms: PodTerms = { required: noItems, preferred: noItems };

function termsOf(affinity: PodAffinity | undefined): PodTerms {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? noItems;
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? noItems;
  return required.length + preferred.length === 0 ? noTerms : { required, preferred };
}

function imagesOf(spec: PodSpec): readonly string[] {
  const images = [...(spec.initContainers ?? []), ...spec.containers].map(({ image = '' }) => image);
  for (const { image } of spec.volumes ?? []) if (image) images.push(image.reference ?? '');
  return images;
}

/** `GetHostPorts` of kube-scheduler: those of containers and sidecars. */
function hostPortsOf(spec: PodSpec): readonly HostPort[] {
  const sidecars = spec.initContainers?.filter(({ restartPolicy }) => restartPolicy === 'Always') ?? [];
  const ports = [...sidecars, ...spec.containers].flatMap((container) => container.ports ?? []);
  const found = ports.flatMap(({ hostIP, protocol, hostPort = 0 }) =>
    hostPort > 0 ? [{ hostIP: hostIP || '0.0.0.0', protocol: protocol || 'TCP', hostPort }] : [],
  );
  return found.length === 0 ? noItems : found;
}

const tying = [
  'persistentVolumeClaim',
  'ephemeral',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'azureDisk',
  'rbd',
  'iscsi',
  'csi',
] as const;
const tiesToNodes = (volume: Volume): boolean => tying.some((source) => volume[source] !== undefined);
