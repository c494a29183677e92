import { acceptingNodes } from '../filters/default-filters.js';
import { explainNode, movableFilters, preconditionOf } from '../filters/index.js';
import { nodeResourcesFit } from '../filters/node-resources-fit.js';
import { refuseLacking } from '../kernels/fit.js';
import { createCosts, keepLeast, type PreemptionCosts } from '../kernels/preemption.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Candidate, criteria, earliestStart, setCosts } from './candidate.js';
import type { DisruptionBudgets } from './disruption-budgets.js';
import { byPriority } from './importance.js';
import { ineligibility, type Preemptor } from './preemptor.js';
import { heldAtLeast } from './ranked-pods.js';
import { ResourceDryRun } from './resource-dry-run.js';
import { type DryRun, selectVictims } from './select-victims.js';
import { steadier, steadiest } from './steady-choice.js';
import type { UseOfPods } from './steadiness.js';

export interface PreemptionRules {
  readonly budgets: DisruptionBudgets;
  /** Absent: the choice is kube-scheduler's. */
  readonly use?: UseOfPods;
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
  #costs: PreemptionCosts = createCosts(0);
  readonly #resourceDryRun = new ResourceDryRun();

  /** The best candidate, of equal ones the first; `undefined`: no pods that go would make room for it, or it may not have them go. */
  select(preemptor: Preemptor, nodes: Snapshot, rules: PreemptionRules): Candidate | undefined {
    return this.best(preemptor, nodes, rules).next().value;
  }

  /** The best candidates: between them kube-scheduler leaves the choice to chance. */
  *best(preemptor: Preemptor, nodes: Snapshot, { budgets, use }: PreemptionRules): Generator<Candidate, undefined> {
    const { shape } = preemptor;
    if (ineligibility(preemptor, nodes) !== undefined || preconditionOf(shape, nodes).unschedulable !== undefined)
      return;
    const dryRun: DryRun = { preemptor, nodes, budgets, filters: movableFilters(shape, nodes) };
    let count = this.#findCandidates(dryRun);
    for (const criterion of criteria) count = keepLeast(this.#rows, count, this.#costs[criterion]);
    if (use) yield* this.#steadiest(dryRun, count, use);
    else yield* this.#candidates(dryRun, keepLeast(this.#rows, count, this.#costs.start));
  }

  *#candidates(dryRun: DryRun, count: number): Generator<Candidate, undefined> {
    for (const row of this.#rows.slice(0, count)) {
      const candidate = selectVictims(dryRun, row, byPriority);
      if (candidate) yield candidate;
    }
  }

  *#steadiest(dryRun: DryRun, count: number, use: UseOfPods): Generator<Candidate, undefined> {
    const candidates = [...this.#candidates(dryRun, count)].map((candidate) => steadier(candidate, dryRun, use));
    const best = steadiest(candidates, dryRun, use);
    const latest = best.reduce((start, candidate) => Math.max(start, earliestStart(candidate)), -Infinity);
    yield* best.filter((candidate) => earliestStart(candidate) === latest);
  }

  /** Puts the candidates into `#rows` and what they cost into `#costs`. Returns how many there are. */
  #findCandidates(dryRun: DryRun): number {
    const { preemptor, nodes, filters } = dryRun;
    this.#grow(nodes.present.length);
    markPossible(preemptor.shape, nodes, this.#feasible);
    const resourcesOnly = filters.every((filter) => filter === nodeResourcesFit);
    if (resourcesOnly) this.#resourceDryRun.start(dryRun);
    let count = 0;
    for (let row = 0; row < nodes.rows; row++) {
      if (!this.#feasible[row]) continue;
      const victims = resourcesOnly ? this.#resourceDryRun.run(row, this.#costs) : undefined;
      if (victims === undefined ? this.#isCandidate(dryRun, row) : victims > 0) this.#rows[count++] = row;
    }
    return count;
  }

  #isCandidate(dryRun: DryRun, row: number): boolean {
    const { preemptor, nodes } = dryRun;
    const refusal = explainNode(preemptor.shape, nodes, row, preemptor.key);
    if (!refusal || refusal.unresolvable) return false;
    const candidate = selectVictims(dryRun, row, byPriority);
    if (candidate) setCosts(candidate, this.#costs);
    return candidate !== undefined;
  }

  #grow(length: number): void {
    if (this.#feasible.length >= length) return;
    this.#feasible = new Uint8Array(length);
    this.#rows = new Int32Array(length);
    this.#costs = createCosts(length);
  }
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
