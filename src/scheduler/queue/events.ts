import type { Node } from '../../api/kubernetes.js';
import { explainNode, type Snapshot } from '../../scheduling/index.js';
import type { RoomChange } from '../cache/scheduler-cache.js';
import type { ClusterEvent } from './scheduling-queue.js';

/** Filters that look at more than the node: what changes on one may let a pod go to another. */
const aboutOthers = new Set(['PodTopologySpread', 'InterPodAffinity']);
/** What other pods on the same node take away. */
const aboutRoom = new Set([
  'NodeResourcesFit',
  'NodePorts',
  'NodeVolumeLimits',
  'VolumeRestrictions',
  'Nominated',
  ...aboutOthers,
]);

/** What claims and volumes decide. */
export const volumeFilters = new Set(['VolumeBinding', 'VolumeZone', 'VolumeRestrictions', 'NodeVolumeLimits']);

/** What a pod that has come to a node, left it, or holds less there may mean for those that wait. */
export function roomChanged({ freed, added }: RoomChange, nodes: Snapshot): ClusterEvent | undefined {
  const row = freed === undefined ? undefined : nodes.rowOf(freed);
  if (row !== undefined)
    return {
      filters: aboutRoom,
      helps: ({ shape, refusedBy }) =>
        [...refusedBy].some((filter) => aboutOthers.has(filter)) || explainNode(shape, nodes, row) === undefined,
    };
  return freed !== undefined || added ? { filters: aboutOthers } : undefined;
}

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
