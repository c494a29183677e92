import type { Node, Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../api/meta/resource.js';
import { type Instant, instantOf } from '../../support/time.js';
import { type PodShape, podShape } from '../pod-shape.js';

/** A pod that is on a node, or about to be. */
export interface PodInfo {
  readonly key: Key;
  readonly uid: string;
  readonly shape: PodShape;
  readonly terminating: boolean;
  /** Since when it runs there: what was measured before does not contain it. */
  readonly since: Instant;
  /** When its kubelet took it on (`status.startTime`); `undefined`: not yet. */
  readonly startTime: Instant | undefined;
  /** It terminates since a scheduler has pre-empted it. */
  readonly preempted: boolean;
}

/** A node as the scheduler knows it. A new one is made when anything of it changes. */
export interface NodeInfo {
  readonly name: string;
  readonly node: Node;
  readonly row: number;
  readonly pods: readonly PodInfo[];
}

/** Mean use of a node over a window, by resource, and its variance where it is known. */
export interface NodeUse {
  readonly from: Instant;
  readonly to: Instant;
  readonly mean: Readonly<Record<string, number>>;
  readonly variance?: Readonly<Record<string, number>>;
}

export function podInfo(pod: Pod, since: Instant, shape: PodShape = podShape(pod)): PodInfo {
  return {
    key: keyOf(nameOf(pod)),
    uid: pod.metadata.uid,
    shape,
    terminating: pod.metadata.deletionTimestamp !== undefined,
    since,
    startTime: instantOf(pod.status?.startTime),
    preempted: pod.metadata.deletionTimestamp !== undefined && isPreempted(pod),
  };
}

const isPreempted = ({ status }: Pod): boolean =>
  status?.conditions?.some(
    ({ type, status: is, reason }) =>
      type === 'DisruptionTarget' && is === 'True' && reason === 'PreemptionByScheduler',
  ) ?? false;
