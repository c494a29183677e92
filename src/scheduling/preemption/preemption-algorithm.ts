import { acceptingNodes } from '../filters/default-filters.js';
import { movableFilters, preconditionOf } from '../filters/index.js';
import { nodeResourcesFit } from '../filters/node-resources-fit.js';
import { refuseLacking } from '../kernels/fit.js';
import { keepLeast, type PreemptionCosts } from '../kernels/preemption.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Candidate, criteria, setCosts } from './candidate.js';
import { type CandidateTable, CandidateTables } from './candidate-table.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import { byPriority } from './importance.js';
import { ineligibility, type Preemptor } from './preemptor.js';
import { heldAtLeast } from './ranked-pods.js';
import { ResourceDryRun } from './resource-dry-run.js';
import { type DryRun, selectVictims } from './select-victims.js';
import { type SteadyChoice, steadiest, steadyChoice } from './steady-choice.js';
import type { UseOfPods } from './steadiness.js';
import type { VictimGroup } from './victim-group.js';

export interface PreemptionRules {
  readonly budgets: DisruptionBudgets;
  /** Absent: the choice is kube-scheduler's. The use of a pod changes only when that of its node is set (`setUse`), or with another object. */
  readonly use?: UseOfPods;
  /** The group with which a pod can only go as a whole; absent: there are none. */
  readonly groupOf?: (pod: PodInfo) => VictimGroup | undefined;
}

/**
 * Chooses the node on which others make room for a pod that fits nowhere, and those others: kube-scheduler's default pre-emption
 * (1.37), of all nodes instead of a sample. The choice changes nothing: pods are evicted by the caller. It keeps arrays between calls.
 *
 * With the use of pods it differs from kube-scheduler's in two places, and only where use is known:
 * - between pods of one priority on one node the variance that they give the composite load decides instead of the start time, as long as the
 *   victims that result are no worse by any of kube-scheduler's criteria;
 * - between nodes that are equal by those criteria up to the number of victims, that is taken whose victims take the most variance with
 *   them, then that whose victims take the least load, before the latest start time decides.
 */
export class PreemptionAlgorithm {
  #feasible = new Uint8Array(0);
  #rows = new Int32Array(0);
  readonly #resourceDryRun = new ResourceDryRun();
  readonly #tables = new CandidateTables();

  /** The best candidate, of equal ones the first; `undefined`: no pods that go would make room for it, or it may not have them go. */
  select(preemptor: Preemptor, nodes: Snapshot, rules: PreemptionRules): Candidate | undefined {
    return this.best(preemptor, nodes, rules).next().value;
  }

  /** The best candidates: between them kube-scheduler leaves the choice to chance. */
  *best(
    preemptor: Preemptor,
    nodes: Snapshot,
    { budgets, use, groupOf }: PreemptionRules,
  ): Generator<Candidate, undefined> {
    const { shape } = preemptor;
    if (ineligibility(preemptor, nodes) !== undefined || preconditionOf(shape, nodes).unschedulable !== undefined)
      return;
    const dryRun: DryRun = {
      preemptor,
      nodes,
      budgets,
      filters: movableFilters(shape, nodes),
      ...(groupOf && { groupOf }),
    };
    const { costs, isCandidate, steady } = this.#findCandidates(dryRun, use);
    let count = 0;
    for (let row = 0; row < nodes.rows; row++) if (isCandidate[row]) this.#rows[count++] = row;
    for (const criterion of criteria) count = keepLeast(this.#rows, count, costs[criterion]);
    if (use) yield* this.#steadiest(dryRun, count, steady, use);
    else yield* this.#candidates(dryRun, keepLeast(this.#rows, count, costs.start));
  }

  *#candidates(dryRun: DryRun, count: number): Generator<Candidate, undefined> {
    for (const row of this.#rows.slice(0, count)) {
      const candidate = selectVictims(dryRun, row, byPriority);
      if (candidate) yield candidate;
    }
  }

  *#steadiest(
    dryRun: DryRun,
    count: number,
    known: Map<number, SteadyChoice>,
    use: UseOfPods,
  ): Generator<Candidate, undefined> {
    const choices: SteadyChoice[] = [];
    for (const row of this.#rows.subarray(0, count)) {
      const own = known.has(row) ? undefined : selectVictims(dryRun, row, byPriority);
      const choice = own ? steadyChoice(own, dryRun, use) : known.get(row);
      if (!choice) continue;
      known.set(row, choice);
      choices.push(choice);
    }
    for (const { candidate } of steadiest(choices)) yield candidate;
  }

  #findCandidates(dryRun: DryRun, use: UseOfPods | undefined): CandidateTable {
    const { preemptor, nodes, filters } = dryRun;
    const { length } = nodes.present;
    if (this.#feasible.length < length) {
      this.#feasible = new Uint8Array(length);
      this.#rows = new Int32Array(length);
    }
    markPossible(preemptor.shape, nodes, this.#feasible);
    const resourcesOnly = filters.every((filter) => filter === nodeResourcesFit);
    // the pods of a group are on other rows, too: what one row costs is not told by that row alone
    const isLocal = resourcesOnly && !dryRun.groupOf;
    const { table, stale } = isLocal
      ? this.#tables.of(dryRun, use)
      : { table: this.#tables.scratch(nodes), stale: undefined };
    if (resourcesOnly) this.#resourceDryRun.start(dryRun);
    const look = (row: number) => {
      table.isCandidate[row] =
        this.#feasible[row] && this.#isCandidate(dryRun, row, table.costs, resourcesOnly) ? 1 : 0;
    };
    if (stale) for (const row of stale) look(row);
    else for (let row = 0; row < nodes.rows; row++) look(row);
    return table;
  }

  #isCandidate(dryRun: DryRun, row: number, costs: PreemptionCosts, resourcesOnly: boolean): boolean {
    const victims = resourcesOnly ? this.#resourceDryRun.run(row, costs) : undefined;
    return victims === undefined ? isCandidateByFilters(dryRun, row, costs) : victims > 0;
  }
}

/** A refusal that no pod that goes can resolve is one without these pods too: it needs no look of its own. */
function isCandidateByFilters(dryRun: DryRun, row: number, costs: PreemptionCosts): boolean {
  const candidate = selectVictims(dryRun, row, byPriority);
  if (candidate) setCosts(candidate, costs);
  return candidate !== undefined;
}

/** Rows that have the resources once all pods of lower priority are gone, and whose node may take the pod at all. */
function markPossible(pod: PodShape, nodes: Snapshot, feasible: Uint8Array): void {
  feasible.set(acceptingNodes.of(pod, nodes));
  for (const name in pod.requests) {
    const amount = pod.requests[name] ?? 0;
    if (amount <= 0) continue;
    const column = nodes.column(name);
    if (!column) return void feasible.fill(0);
    const requested = heldAtLeast(nodes, pod.priority, name);
    refuseLacking(feasible, nodes.rows, { capacity: column.capacity, requested, amount });
  }
}
