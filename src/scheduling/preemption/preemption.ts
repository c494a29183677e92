import { explainNode, movableFilters, preconditionOf } from '../filters/index.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import { byPriority } from './importance.js';
import { ineligibility, type Preemptor } from './preemptor.js';
import { type Candidate, type DryRun, selectVictims } from './select-victims.js';

/** All nodes that could take a pod, each with its victims there. */
export function findCandidates(
  preemptor: Preemptor,
  nodes: Snapshot,
  budgets: DisruptionBudgets,
): readonly Candidate[] {
  const { key, shape } = preemptor;
  if (ineligibility(preemptor, nodes) !== undefined || preconditionOf(shape, nodes).unschedulable !== undefined)
    return [];
  const dryRun: DryRun = { preemptor, nodes, budgets, filters: movableFilters(shape, nodes) };
  const candidates: Candidate[] = [];
  for (const { row } of nodes.infos()) {
    const refusal = explainNode(shape, nodes, row, key);
    if (!refusal || refusal.unresolvable) continue;
    const candidate = selectVictims(dryRun, row, byPriority);
    if (candidate) candidates.push(candidate);
  }
  return candidates;
}
