import { fitsWithout, type Filter } from '../filters/index.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Candidate } from './candidate.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import type { Importance } from './importance.js';
import type { Preemptor } from './preemptor.js';

/** What is the same for all nodes. */
export interface DryRun {
  readonly preemptor: Preemptor;
  readonly nodes: Snapshot;
  /** Those that are asked again as pods come and go. */
  readonly filters: readonly Filter[];
  readonly budgets: DisruptionBudgets;
}

/**
 * The victims on one node (`SelectVictimsOnNode`): all pods of lower priority are taken off and, as long as the pod still fits, put back
 * one by one, those that a budget protects first, the more important before the others. What cannot be put back must go.
 */
export function selectVictims(
  { preemptor: { key, shape }, nodes, filters, budgets }: DryRun,
  row: number,
  importance: Importance,
): Candidate | undefined {
  const lower = nodes.info(row)?.pods.filter((pod) => pod.shape.priority < shape.priority) ?? [];
  const gone = new Set(lower);
  const fits = () => fitsWithout(filters, shape, nodes, row, gone, key);
  if (lower.length === 0 || !fits()) return undefined;
  const inOrder = lower.toSorted(importance);
  const violating = budgets.violating(inOrder);
  const mustGo = (pod: PodInfo): boolean => {
    gone.delete(pod);
    if (fits()) return false;
    gone.add(pod);
    return true;
  };
  const violated = inOrder.filter((pod) => violating.has(pod)).filter(mustGo);
  const others = inOrder.filter((pod) => !violating.has(pod)).filter(mustGo);
  if (violated.length + others.length === 0) return undefined;
  return { row, victims: inOrder.filter((pod) => gone.has(pod)), violations: violated.length };
}
