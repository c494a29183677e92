import type { Node } from '../../api/kubernetes.js';
import { explainNode, explainWithout, isLocal, type PodInfo, type Snapshot } from '../../scheduling/index.js';
import type { RoomChange } from '../cache/scheduler-cache.js';
import type { ClusterEvent, QueuedPod } from './scheduling-queue.js';

/** Filters that look at more than the node: what changes on one may let a pod go to another. */
const aboutOthers = new Set(['PodTopologySpread', 'InterPodAffinity']);

/** What a pod that has come to a node, left it, or holds less there may mean for those that wait. */
export function roomChanged(
  { freed, left, added }: RoomChange,
  nodes: Snapshot,
  mayPreempt: MayPreempt,
): ClusterEvent | undefined {
  const row = freed === undefined ? undefined : nodes.rowOf(freed);
  // a promise that is withdrawn may have hidden what else refuses a pod
  if (row !== undefined) return !left || repels(left) ? {} : { helps: (pod) => helpsOn(row, pod, nodes, mayPreempt) };
  return added ? { filters: aboutOthers } : undefined;
}

/**
 * What refused a pod when it was tried is no measure here: a node that refused it otherwise may since lack room alone. One that
 * only other pods keep away from there is tried too, so that it is known what it waits for.
 */
function helpsOn(row: number, pod: QueuedPod, nodes: Snapshot, mayPreempt: MayPreempt): boolean {
  const { key, shape, refusedBy } = pod;
  if ([...refusedBy].some((filter) => aboutOthers.has(filter))) return true;
  const refusal = explainNode(shape, nodes, row, key);
  return !refusal || aboutOthers.has(refusal.filter) || (mayPreempt(pod) && fitsOnceOthersGo(row, pod, nodes));
}

/** Whether a pod may have less important ones make room for it. */
export type MayPreempt = (pod: QueuedPod) => boolean;

function fitsOnceOthersGo(row: number, { key, shape }: QueuedPod, nodes: Snapshot): boolean {
  const lower = nodes.info(row)?.pods.filter((one) => one.shape.priority < shape.priority) ?? [];
  return lower.length > 0 && explainWithout(shape, nodes, row, new Set(lower), key) === undefined;
}

/** Pods without any terms of their own may have been kept away by it, also from other nodes. */
const repels = ({ shape }: PodInfo): boolean => shape.podAntiAffinity.required.length > 0;

/** A node that has come, or has changed. */
export const nodeAppeared = (row: number, nodes: Snapshot, mayPreempt: MayPreempt): ClusterEvent => ({
  helps: (pod) =>
    !isLocal(pod.shape, nodes) ||
    explainNode(pod.shape, nodes, row, pod.key) === undefined ||
    (mayPreempt(pod) && fitsOnceOthersGo(row, pod, nodes)),
});

/** Whether anything that decides where pods go has changed: heartbeats change the rest. By value: each update is parsed anew. */
export function nodeChanged(old: Node, node: Node): boolean {
  const before = deciding(old);
  return deciding(node).some(
    (part, index) => part !== before[index] && JSON.stringify(part) !== JSON.stringify(before[index]),
  );
}

const deciding = ({ metadata, spec, status }: Node): readonly unknown[] => [
  metadata.labels,
  metadata.annotations,
  spec?.unschedulable,
  spec?.taints,
  status?.allocatable,
  status?.images,
  status?.declaredFeatures,
];
