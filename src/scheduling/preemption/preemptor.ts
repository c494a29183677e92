import type { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import { explainNode } from '../filters/index.js';
import { type PodShape, podShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** A pod that fits nowhere and may have others make room for it. */
export interface Preemptor {
  readonly key: Key;
  readonly shape: PodShape;
  /** `spec.preemptionPolicy`; `Never`: it waits for room. */
  readonly policy: string | undefined;
  /** `status.nominatedNodeName`: where room is being made for it already. */
  readonly nominatedNode: string | undefined;
}

export const preemptorOf = (pod: Pod, shape: PodShape = podShape(pod)): Preemptor => ({
  key: keyOf(nameOf(pod)),
  shape,
  policy: pod.spec?.preemptionPolicy,
  nominatedNode: pod.status?.nominatedNodeName,
});

/** Why a pod may not pre-empt others now, in kube-scheduler's words (`PodEligibleToPreemptOthers`); `undefined`: it may. */
export function ineligibility({ key, shape, policy, nominatedNode }: Preemptor, nodes: Snapshot): string | undefined {
  if (policy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const row = nominatedNode === undefined ? undefined : nodes.rowOf(nominatedNode);
  // room on a node that can no longer take it at all is of no use to it
  if (row === undefined || explainNode(shape, nodes, row, key)?.unresolvable) return undefined;
  const waits = nodes.info(row)?.pods.some((pod) => pod.preempted && pod.shape.priority < shape.priority);
  return waits ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}
