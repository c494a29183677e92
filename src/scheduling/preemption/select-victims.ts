import { fitsWithout, type Filter } from '../filters/index.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Candidate } from './candidate.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import type { Importance } from './importance.js';
import type { Preemptor } from './preemptor.js';
import { byVictimPriority, type Victim, type VictimGroup, victimsAmong } from './victim-group.js';

/** What is the same for all nodes. */
export interface DryRun {
  readonly preemptor: Preemptor;
  readonly nodes: Snapshot;
  /** Those that are asked again as pods come and go. */
  readonly filters: readonly Filter[];
  readonly budgets: DisruptionBudgets;
  /** The group with which a pod can only go as a whole; absent: there are none. */
  readonly groupOf?: (pod: PodInfo) => VictimGroup | undefined;
}

/**
 * The victims on one node (`SelectVictimsOnNode`): all pods of lower priority are taken off and, as long as the pod still fits, put back
 * one by one, those that a budget protects first, the more important before the others. What cannot be put back must go.
 */
export function selectVictims(dryRun: DryRun, row: number, importance: Importance): Candidate | undefined {
  const { groupOf, nodes } = dryRun;
  return groupOf && nodes.info(row)?.pods.some((pod) => groupOf(pod))
    ? selectWhole(dryRun, row, groupOf)
    : selectPods(dryRun, row, importance);
}

function selectPods(
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

/** The same where some can only go together: a group goes or stays as one, and all of its pods count, wherever they are. */
function selectWhole(
  { preemptor: { key, shape }, nodes, filters, budgets }: DryRun,
  row: number,
  groupOf: NonNullable<DryRun['groupOf']>,
): Candidate | undefined {
  const lower = victimsAmong(nodes.info(row)?.pods ?? [], groupOf)
    .filter(({ priority }) => priority < shape.priority)
    .toSorted(byVictimPriority);
  const gone = new Set(lower.flatMap(({ pods }) => pods));
  const fits = () => fitsWithout(filters, shape, nodes, row, gone, key);
  if (lower.length === 0 || !fits()) return undefined;
  const violating = budgets.violating(lower.flatMap(({ pods }) => pods));
  const isViolating = ({ pods }: Victim) => pods.some((pod) => violating.has(pod));
  const mustGo = ({ pods }: Victim): boolean => {
    for (const pod of pods) gone.delete(pod);
    if (fits()) return false;
    for (const pod of pods) gone.add(pod);
    return true;
  };
  const violated = lower.filter(isViolating).filter(mustGo);
  const others = lower.filter((victim) => !isViolating(victim)).filter(mustGo);
  if (violated.length + others.length === 0) return undefined;
  const goes = new Set([...violated, ...others]);
  const victims = lower.filter((victim) => goes.has(victim)).flatMap(({ pods }) => pods);
  return { row, victims, violations: violated.length };
}
