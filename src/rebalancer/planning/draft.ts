import type { Candidate } from './candidate.js';
import { type LeavingPod, leavingPods } from './in-flight.js';
import { MoveBudgets } from './move-budgets.js';
import { type FoundMove, MoveFinder } from './move-finder.js';
import type {
  Change,
  HotNode,
  Move,
  MoveReason,
  MoveRefusal,
  NeededNode,
  NeedReason,
  RefusalReason,
  StoppableNode,
} from './plan.js';
import { goesWithNode } from './pod-stays.js';
import type { RebalanceView } from './view.js';
import { WhatIf } from './what-if.js';

/** How much a move may raise the imbalance: what is lost when numbers are rounded. */
export const imbalanceTolerance = 1e-9;

const moveInFlight = { reason: 'MoveInFlight', message: 'it has been asked to go already' } as const;
const terminating = { reason: 'Terminating', message: 'it is terminating already' } as const;

/** What is said of a subject that is left alone. */
interface Stay {
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What the moves of a plan have in common. */
export interface Payoff {
  readonly reason: MoveReason;
  readonly resource?: string;
  readonly gain: number;
  readonly cost: number;
  readonly from: Change;
  readonly imbalance: Change;
}

/** A plan in the making, and the copy of the cluster on which it is made. */
export class PlanDraft {
  readonly whatIf: WhatIf;
  readonly budgets: MoveBudgets;
  readonly finder: MoveFinder;
  readonly moves: Move[] = [];
  readonly needed: NeededNode[] = [];
  readonly refusals: MoveRefusal[] = [];
  readonly #leaving: readonly LeavingPod[];
  /** Rows of stoppable nodes, in the order of their reports. */
  readonly #stoppable = new Set<number>();

  constructor(
    readonly view: RebalanceView,
    readonly hot: readonly HotNode[],
  ) {
    this.whatIf = new WhatIf(view.nodes, view.use.load);
    this.#leaving = leavingPods(view);
    this.budgets = new MoveBudgets(view, this.#leaving);
    this.finder = new MoveFinder(view, this.whatIf, this.budgets);
    this.#letLeave();
    for (const name of view.state.stoppable) {
      const row = view.nodes.rowOf(name);
      if (row !== undefined) this.#takeUp(row, name);
    }
    this.whatIf.start();
  }

  /** Rows of nodes that are out of use. */
  get stoppable(): ReadonlySet<number> {
    return this.#stoppable;
  }

  nameOf(row: number): string {
    return this.whatIf.nodes.info(row)?.name ?? '';
  }

  /** Whether the moves up to now leave the cluster no less balanced than it was, and than it was before the last of them. */
  isBalanced(last: Change): boolean {
    const { before, after } = this.whatIf.imbalance();
    return after <= before + imbalanceTolerance && after <= last.after + imbalanceTolerance;
  }

  move({ pod, object, owner, row }: Candidate, { to, means, replacement, toLoad }: FoundMove, payoff: Payoff): void {
    const { reason, resource, gain, cost, from, imbalance } = payoff;
    this.moves.push({
      pod: { key: pod.key, uid: pod.uid, resourceVersion: object.metadata.resourceVersion },
      owner,
      from: this.nameOf(row),
      to: this.nameOf(to),
      reason,
      ...(resource !== undefined && { resource }),
      means,
      ...(replacement !== undefined && { replacement }),
      gain,
      cost,
      loads: { from, to: toLoad },
      imbalance,
    });
  }

  refusePod(key: string, action: MoveReason, { reason, message }: Stay): void {
    this.refusals.push({ subject: { kind: 'Pod', key }, action, reason, message });
  }

  refuseNode(row: number, action: MoveReason, { reason, message }: Stay): void {
    this.refusals.push({ subject: { kind: 'Node', key: this.nameOf(row) }, action, reason, message });
  }

  /** Of pods that are on their way off a node: it counts without them. */
  refuseLeaving(row: number, action: MoveReason): void {
    for (const { pod, row: from, isMoved } of this.#leaving)
      if (from === row) this.refusePod(pod.key, action, isMoved ? moveInFlight : terminating);
  }

  /** A node is out of use from now on. */
  close(row: number): void {
    this.whatIf.close(row);
    this.#stoppable.add(row);
  }

  /** A node that has been emptied by moves is out of use from now on. */
  report(row: number): void {
    this.#stoppable.add(row);
  }

  /** Tries without the report of a node: it stays withdrawn when `isUsed` says so. */
  tryOpen(row: number, isUsed: () => boolean): boolean {
    this.whatIf.open(row);
    if (isUsed()) {
      this.#stoppable.delete(row);
      return true;
    }
    this.whatIf.close(row);
    return false;
  }

  need(row: number, reason: NeedReason, message: string): void {
    this.needed.push({ node: this.nameOf(row), reason, message });
  }

  stoppableNodes(): readonly StoppableNode[] {
    return Array.from(this.#stoppable, (row) => {
      const node = this.nameOf(row);
      const begun = this.#leaving.filter((one) => one.row === row).map(({ pod }) => pod.key);
      const planned = this.moves.filter(({ from }) => from === node).map(({ pod }) => pod.key);
      return { node, leaving: [...begun, ...planned] };
    });
  }

  /** What is on its way counts as gone, and as arrived where it is known to go. */
  #letLeave(): void {
    for (const { pod, row, to, isReplaced } of this.#leaving) {
      const use = this.view.use.useOf(pod.key)?.mean ?? {};
      this.whatIf.leave(pod, row, use);
      if (to === undefined || to === row) continue;
      if (isReplaced) this.whatIf.takeOver(to, use);
      else this.whatIf.arrive(pod, to, use);
    }
  }

  /** A node that an earlier plan reported stays out of use as long as nothing has come to it. */
  #takeUp(row: number, name: string): void {
    const { podOf } = this.view;
    const back = this.whatIf.nodes.info(row)?.pods.find(({ key }) => {
      const object = podOf(key);
      return !object || !goesWithNode(object);
    });
    if (back) this.needed.push({ node: name, reason: 'InUseAgain', message: `pod ${back.key} is on it` });
    else this.close(row);
  }
}
