import type { Key } from '../../api/meta/resource.js';
import { ScheduleAlgorithm } from '../../scheduling/algorithm/schedule-algorithm.js';
import { placedShape, type PodShape } from '../../scheduling/pod-shape.js';
import type { Candidate } from './candidate.js';
import type { MoveBudgets } from './move-budgets.js';
import { nodeStay } from './node-stays.js';
import type { MoveMeans, MoveStay } from './plan.js';
import { needsReplacement } from './pod-stays.js';
import type { RebalanceView } from './view.js';
import type { Undo, WhatIf } from './what-if.js';

/** A move as it was made on the copy. */
export interface FoundMove {
  readonly to: number;
  readonly means: MoveMeans;
  readonly replacement?: Key;
  /** Overload that it causes on `to`, above the target of hot nodes. */
  readonly caused: number;
  readonly toLoad: { readonly before: number; readonly after: number };
  readonly undo: Undo;
}

export const isFound = (result: FoundMove | MoveStay): result is FoundMove => 'undo' in result;

interface Spot {
  readonly to: number;
  readonly means: MoveMeans;
  readonly replacement?: Key;
}

/** Finds where a pod would go, and makes the move on the copy. */
export class MoveFinder {
  readonly #algorithm: ScheduleAlgorithm;
  readonly #taken = new Set<Key>();
  /** Owners and the nodes that a pod of theirs was moved off lately. */
  readonly #left: Set<string>;

  constructor(
    private readonly view: RebalanceView,
    private readonly whatIf: WhatIf,
    private readonly budgets: MoveBudgets,
  ) {
    this.#algorithm = new ScheduleAlgorithm(view.policy);
    const lately = view.state.begunSince(view.now - view.settings.returnWindow);
    this.#left = new Set(lately.map(({ owner, from }) => departure(owner, from)));
  }

  /** @param most the share of each resource that the pod's new node may use at most once it is there */
  find(candidate: Candidate, most: number): FoundMove | MoveStay {
    const replaced = this.findReplacement(candidate, most);
    if (isFound(replaced) || needsReplacement(candidate.object)) return replaced;
    const disruption = this.budgets.disruptionStay(candidate.pod);
    if (disruption) return disruption;
    const undo = this.#leave(candidate);
    const to = this.#algorithm.select(shapeOfSuccessor(candidate), this.whatIf.nodes);
    const stay = this.#evictionStay(candidate, to, most);
    if (!stay) return this.#make(candidate, { to, means: 'eviction' }, undo);
    undo();
    return stay;
  }

  /** The same from stock alone. */
  findReplacement(candidate: Candidate, most: number): FoundMove | MoveStay {
    const replacement = this.#replacement(candidate, most);
    if (replacement) return this.#make(candidate, replacement, this.#leave(candidate));
    return {
      reason: 'NoTarget',
      message: 'it may only be replaced, and no replacement is in stock that could take its place',
    };
  }

  /** Whether a node takes a pod that waits. */
  takes(pod: PodShape): number {
    return this.#algorithm.select(pod, this.whatIf.nodes);
  }

  #leave({ pod, row, use }: Candidate): Undo {
    return this.whatIf.leave(pod, row, use);
  }

  /** Of the replacements in stock that in whose place the pod causes the least overload, then that on the least loaded node. */
  #replacement(candidate: Candidate, most: number): Spot | undefined {
    let best: { readonly spot: Spot; readonly overload: number; readonly load: number } | undefined;
    for (const { pod, node } of this.view.stockOf(candidate.object)) {
      const to = this.whatIf.nodes.rowOf(node);
      if (to === undefined || to === candidate.row || this.#taken.has(pod)) continue;
      if (this.#targetStay(candidate, to, most)) continue;
      const overload = this.#caused(candidate, to);
      const load = this.whatIf.loadOf(to);
      if (best && (overload > best.overload || (overload === best.overload && load >= best.load))) continue;
      best = { spot: { to, means: 'replacement', replacement: pod }, overload, load };
    }
    return best?.spot;
  }

  #evictionStay(candidate: Candidate, to: number, most: number): MoveStay | undefined {
    if (to < 0) return { reason: 'NoTarget', message: 'it fits on no other node' };
    if (to === candidate.row)
      return { reason: 'SchedulerReturnsIt', message: 'the scheduler would put its successor on the same node' };
    const stay = this.#targetStay(candidate, to, most);
    const name = this.whatIf.nodes.info(to)?.name ?? '';
    return stay && { ...stay, message: `the scheduler would put its successor on ${name}: ${stay.message}` };
  }

  #targetStay({ owner, use }: Candidate, to: number, most: number): MoveStay | undefined {
    const { settings, now } = this.view;
    const info = this.whatIf.nodes.info(to);
    if (!info || !this.whatIf.isInUse(to)) return { reason: 'NoTarget', message: 'it is to be stopped' };
    const stay = nodeStay(info.node, { now, minAge: settings.light.minAge });
    if (stay) return { reason: 'NoTarget', message: stay.message };
    if (this.#left.has(departure(owner.uid, info.name)))
      return { reason: 'LeftThereLately', message: 'a pod of the same owner was moved off there lately' };
    const excess = this.whatIf.excess(to, most, use);
    if (excess)
      return {
        reason: 'TargetTooFull',
        message: `with it ${percent(excess.utilization)} of its ${excess.resource} would be used, ${percent(most)} may be`,
      };
    return this.budgets.arriveStay(to);
  }

  #caused({ use }: Candidate, to: number): number {
    const { target } = this.view.settings.hot;
    return this.whatIf.overload(to, target, use) - this.whatIf.overload(to, target);
  }

  #make(candidate: Candidate, spot: Spot, undoLeave: Undo): FoundMove {
    const { pod, use, owner, row } = candidate;
    const { to, means, replacement } = spot;
    const caused = this.#caused(candidate, to);
    const before = this.whatIf.loadOf(to);
    const undoArrive = means === 'eviction' ? this.whatIf.arrive(pod, to, use) : this.whatIf.takeOver(to, use);
    const undoBudgets = this.budgets.take({ pod, owner: owner.uid, from: row, to, means });
    const left = departure(owner.uid, this.whatIf.nodes.info(row)?.name ?? '');
    const wasLeft = this.#left.has(left);
    this.#left.add(left);
    if (replacement !== undefined) this.#taken.add(replacement);
    const undo = () => {
      if (replacement !== undefined) this.#taken.delete(replacement);
      if (!wasLeft) this.#left.delete(left);
      undoBudgets();
      undoArrive();
      undoLeave();
    };
    return { ...spot, caused, toLoad: { before, after: this.whatIf.loadOf(to) }, undo };
  }
}

const departure = (owner: string, node: string): string => `${owner} ${node}`;

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** A pod on a node may name it; its successor does not. */
const shapeOfSuccessor = ({ pod: { shape }, object }: Candidate): PodShape =>
  shape.nodeName === undefined ? shape : placedShape(object);
