import type { Node } from '../../api/kubernetes.js';
import { leavingReason } from '../../scheduling/index.js';
import { type Duration, formatDuration, type Instant, instantOf } from '../../support/time.js';
import type { NodeStayReason } from './plan.js';

/** Why a node is left alone. */
export interface NodeStay {
  readonly reason: NodeStayReason;
  readonly message: string;
}

const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];
const scaleDownDisabled = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
const doNotDisrupt = 'karpenter.sh/do-not-disrupt';

/** What counts as new. */
export interface Novelty {
  readonly now: Instant;
  readonly minAge: Duration;
}

/** Why nothing is moved off a node or onto it; `undefined`: it takes part. */
export function nodeStay(node: Node, { now, minAge }: Novelty): NodeStay | undefined {
  const leaving = leavingReason(node);
  if (leaving !== undefined)
    return { reason: 'NodeLeaving', message: `somebody else takes its pods away already (${leaving})` };
  if (node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status !== 'True'))
    return { reason: 'NodeNotReady', message: 'it is not ready' };
  const role = controlPlaneLabels.find((label) => node.metadata.labels?.[label] !== undefined);
  if (role !== undefined) return { reason: 'ControlPlane', message: `it has the label ${role}` };
  const fresh = node.spec?.taints?.find(({ timeAdded }) => now - (instantOf(timeAdded) ?? -Infinity) < minAge);
  return fresh && { reason: 'FreshTaint', message: `the taint ${fresh.key} was put on it just now` };
}

/** Why a node that takes part is not emptied. */
export function emptyingStay({ metadata }: Node, { now, minAge }: Novelty): NodeStay | undefined {
  const { annotations = {}, creationTimestamp } = metadata;
  for (const [name, reason] of [
    [scaleDownDisabled, 'ScaleDownDisabled'],
    [doNotDisrupt, 'DoNotDisrupt'],
  ] as const)
    if (annotations[name] === 'true') return { reason, message: `its annotation ${name} is true` };
  const age = now - (instantOf(creationTimestamp) ?? -Infinity);
  if (age >= minAge) return undefined;
  return {
    reason: 'TooYoung',
    message: `it is only ${formatDuration(age)} old, ${formatDuration(minAge)} is asked for`,
  };
}
