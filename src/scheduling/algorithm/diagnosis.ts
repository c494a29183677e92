import type { Refusal } from '../filters/filter.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { FilterChain } from './schedule-algorithm.js';

/** Why a pod fits nowhere: kube-scheduler's `FitError` and the plug-ins in it. */
export interface Diagnosis {
  readonly message: string;
  readonly refusedBy: ReadonlySet<string>;
}

export function diagnose(filters: FilterChain, pod: PodShape, nodes: Snapshot): Diagnosis {
  const refused = filters.precondition(pod, nodes);
  if (refused) return { message: fitError(nodes.size, [], refused.reason), refusedBy: new Set([refused.filter]) };
  const refusals: Refusal[] = [];
  for (const { row } of nodes.infos()) {
    const refusal = filters.explain(pod, nodes, row);
    if (refusal) refusals.push(refusal);
  }
  return { message: fitError(nodes.size, refusals), refusedBy: new Set(refusals.map(({ filter }) => filter)) };
}
