import type { DisruptionBudgets } from '../../scheduling/preemption/disruption-budgets.js';
import type { PodInfo } from '../../scheduling/snapshot/node-info.js';
import { hour } from '../../support/time.js';
import type { LeavingPod } from './in-flight.js';
import type { MoveStay, MoveMeans } from './plan.js';
import type { RebalanceView } from './view.js';
import type { Undo } from './what-if.js';

/** Counts by a key. */
class Tally<Key> {
  readonly #counts = new Map<Key, number>();

  of(key: Key): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: Key, count: 1 | -1): void {
    this.#counts.set(key, this.of(key) + count);
  }
}

/** A move about which budgets are asked. */
export interface BudgetedMove {
  readonly pod: PodInfo;
  readonly owner: string;
  readonly from: number;
  readonly to: number;
  readonly means: MoveMeans;
}

/** A pod that would go. */
interface LeaveRequest {
  /** The uid of its controller. */
  readonly owner: string;
  readonly from: number;
  /** All go off the node together: the budget of a node does not count how many. */
  readonly empties?: boolean;
}

/** How many moves there may still be, those that are in flight counted. */
export class MoveBudgets {
  readonly #off = new Tally<number>();
  readonly #onto = new Tally<number>();
  readonly #owners = new Tally<string>();
  readonly #evicted: PodInfo[] = [];
  readonly #disruptions: DisruptionBudgets;
  readonly #settings;
  #lastHour: number;

  constructor({ settings, state, budgets, now }: RebalanceView, leaving: readonly LeavingPod[]) {
    this.#settings = settings.budgets;
    this.#disruptions = budgets;
    this.#lastHour = state.begunSince(now - hour).length;
    for (const { pod, row, to, owner, isMoved, isReplaced } of leaving) {
      if (!isMoved) continue;
      this.#off.add(row, 1);
      if (to !== undefined) this.#onto.add(to, 1);
      if (owner !== undefined) this.#owners.add(owner, 1);
      if (!isReplaced && !pod.terminating) this.#evicted.push(pod);
    }
  }

  /** No move at all can be made now. */
  get areSpent(): boolean {
    return this.#lastHour >= this.#settings.perHour;
  }

  isMovedOnto(row: number): boolean {
    return this.#onto.of(row) > 0;
  }

  /** Why a pod may not go now, wherever it would go. */
  leaveStay({ owner, from, empties = false }: LeaveRequest): MoveStay | undefined {
    const { perHour, perOwner, perNode } = this.#settings;
    if (this.areSpent) return { reason: 'HourBudget', message: `${perHour} pods have been moved within the last hour` };
    if (this.#owners.of(owner) >= perOwner)
      return { reason: 'OwnerBudget', message: `${this.#owners.of(owner)} pods of its owner are being moved` };
    if (empties || this.#off.of(from) < perNode) return undefined;
    return { reason: 'NodeBudget', message: `${this.#off.of(from)} pods of its node are being moved` };
  }

  arriveStay(to: number): MoveStay | undefined {
    if (this.#onto.of(to) < this.#settings.perNode) return undefined;
    return { reason: 'NodeBudget', message: `${this.#onto.of(to)} pods are being moved there` };
  }

  /**
   * Whether a disruption budget forbids to evict a pod, after those that go before it. A replacement that is there first makes one more
   * healthy, so that one more may be disrupted: such a move asks no budget and uses none up.
   */
  disruptionStay(pod: PodInfo): MoveStay | undefined {
    if (!this.#disruptions.violating([...this.#evicted, pod]).has(pod)) return undefined;
    return { reason: 'DisruptionBudget', message: 'a PodDisruptionBudget does not allow it to be evicted' };
  }

  take({ pod, owner, from, to, means }: BudgetedMove): Undo {
    const count = (by: 1 | -1) => {
      this.#off.add(from, by);
      this.#onto.add(to, by);
      this.#owners.add(owner, by);
      this.#lastHour += by;
    };
    count(1);
    if (means === 'eviction') this.#evicted.push(pod);
    return () => {
      count(-1);
      if (means === 'eviction') this.#evicted.pop();
    };
  }
}
