import type { Pod } from '../../api/kubernetes.js';
import { controllerOf } from '../../api/meta/kind.js';
import { annotations, labels } from '../../api/names.js';
import type { PodInfo } from '../../scheduling/snapshot/node-info.js';
import type { PodStayReason } from './plan.js';

/** Why a pod is not moved, whatever its node is like. */
export interface PodStay {
  readonly reason: PodStayReason;
  readonly message: string;
}

/** The priority of `system-cluster-critical`, the least of those that Kubernetes keeps for itself. */
const systemCritical = 2_000_000_000;
const doNotDisrupt = 'karpenter.sh/do-not-disrupt';
const localVolumesSafe = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
const mirror = 'kubernetes.io/config.mirror';

/** Whether a pod belongs to its node and goes with it: the node is empty when only such are left. */
export const goesWithNode = (pod: Pick<Pod, 'metadata'>): boolean => isDaemon(pod) || isStatic(pod);

const isDaemon = (pod: Pick<Pod, 'metadata'>): boolean => controllerOf(pod)?.kind === 'DaemonSet';

const isStatic = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
  metadata.annotations?.[mirror] !== undefined ||
  (metadata.ownerReferences?.some(({ kind }) => kind === 'Node') ?? false);

/**
 * Whether a pod was delivered from a pool, to a claim or to a ReplicaSet. Penstock marks those as not safe to evict, and replaces
 * them itself where its stock has another.
 */
const isDelivered = ({ metadata }: Pick<Pod, 'metadata'>): boolean =>
  metadata.labels?.[labels.claim] !== undefined ||
  (metadata.labels?.[labels.pool] !== undefined &&
    (metadata.ownerReferences?.some(({ kind, controller }) => controller === true && kind === 'ReplicaSet') ?? false));

/** Whether a pod may be moved only by a replacement that is there first. */
export const needsReplacement = (pod: Pick<Pod, 'metadata'>): boolean =>
  pod.metadata.annotations?.[annotations.safeToEvict] === 'false' && isDelivered(pod);

/** The same, by why it stays. */
export const endsWithNode = ({ reason }: PodStay): boolean => reason === 'DaemonSetPod' || reason === 'StaticPod';

/** Why a pod stays; `undefined`: it may be moved. The first of several reasons. */
export function podStay({ shape }: PodInfo, pod: Pod): PodStay | undefined {
  const { annotations: marks = {} } = pod.metadata;
  if (isStatic(pod)) return { reason: 'StaticPod', message: 'it is a static pod of its node' };
  const owner = controllerOf(pod);
  if (!owner) return { reason: 'NoController', message: 'it has no controller that would make another one' };
  if (owner.kind === 'DaemonSet') return { reason: 'DaemonSetPod', message: `it belongs to DaemonSet ${owner.name}` };
  if (shape.priority >= systemCritical)
    return { reason: 'SystemCritical', message: `its priority, ${shape.priority}, is that of a critical system pod` };
  if (marks[doNotDisrupt] === 'true')
    return { reason: 'DoNotDisrupt', message: `its annotation ${doNotDisrupt} is true` };
  if (marks[annotations.safeToEvict] === 'false' && !isDelivered(pod))
    return { reason: 'NotSafeToEvict', message: `its annotation ${annotations.safeToEvict} is false` };
  if (shape.schedulingGroup !== undefined)
    return { reason: 'PodGroupMember', message: `it is a member of PodGroup ${shape.schedulingGroup}` };
  return localStorage(pod);
}

/** Volumes that are lost with the node, as the cluster autoscaler counts them: hostPath, and emptyDir that is not in memory. */
function localStorage({ metadata: { annotations: marks = {} }, spec }: Pod): PodStay | undefined {
  if (marks[annotations.safeToEvict] === 'true') return undefined;
  const safe = new Set((marks[localVolumesSafe] ?? '').split(',').map((name) => name.trim()));
  const local = spec?.volumes?.find(
    ({ name, hostPath, emptyDir }) => (hostPath ?? (emptyDir && emptyDir.medium !== 'Memory')) && !safe.has(name),
  );
  return local && { reason: 'LocalStorage', message: `its volume ${local.name} is on the disk of its node` };
}
