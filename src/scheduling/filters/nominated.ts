import type { Key } from '../../api/meta/resource.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** Nominated pods of a node to which this pod must leave their place: those that are as important, or more. */
export const nominatedBefore = (
  pod: PodShape,
  nodes: Snapshot,
  node: string,
  self: Key | undefined,
): readonly PodInfo[] =>
  (nodes.nominated.get(node) ?? []).filter(({ key, shape }) => key !== self && shape.priority >= pod.priority);
