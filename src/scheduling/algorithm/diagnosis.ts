import type { Key } from '../../api/meta/resource.js';
import { explainNode, fitMessage, preconditionOf, type Refusal } from '../filters/index.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** Why a pod fits nowhere, in kube-scheduler's words, and the filters that say so. */
export interface Diagnosis {
  readonly message: string;
  readonly refusedBy: ReadonlySet<string>;
}

export function diagnose(pod: PodShape, nodes: Snapshot, self?: Key): Diagnosis {
  if (nodes.size === 0) return { message: 'no nodes available to schedule pods', refusedBy: new Set() };
  const { unschedulable } = preconditionOf(pod, nodes);
  const refusals: Refusal[] = [];
  for (const { row } of nodes.infos()) {
    const refusal = explainNode(pod, nodes, row, self);
    if (refusal) refusals.push(refusal);
  }
  const refusedBy = new Set(refusals.flatMap(({ filter }) => filter.split(',')));
  return { message: fitMessage(refusals, unschedulable), refusedBy };
}
