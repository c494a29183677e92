import type { Move, Plan, RebalancerMetrics, RebalancerSettings } from '../../../src/rebalancer/index.js';
import type { SchedulerCache } from '../../../src/scheduler/index.js';
import type { Clock } from '../../../src/support/clock.js';
import { hour, type Instant } from '../../../src/support/time.js';
import { type Violation, violation } from '../../faults/violation.js';

export interface RecordedPlan {
  readonly at: Instant;
  /** The replica that made it. */
  readonly actor: string;
  readonly plan: Plan;
}

/** The plans that were made, and whether each move had its reason in the figures that its replica had. */
export class PlanRecord {
  readonly plans: RecordedPlan[] = [];
  readonly violations: Violation[] = [];
  /** Moves that were planned again although the owner had not replaced the pod before. */
  readonly repeated: Move[] = [];
  /** When a move was planned that had not been before. */
  lastNew: Instant = Number.NEGATIVE_INFINITY;
  readonly #known = new Map<string, Instant>();

  constructor(
    private readonly clock: Clock,
    private readonly settings: RebalancerSettings,
  ) {}

  /** What one replica is given to say what it does. */
  listener(actor: string, cacheOf: () => SchedulerCache | undefined): RebalancerMetrics {
    return {
      planned: (plan) => {
        // most find nothing to do
        if (plan.moves.length > 0 || plan.hot.length > 0) this.plans.push({ at: this.clock.now(), actor, plan });
        const cache = cacheOf();
        if (cache) for (const move of plan.moves) this.#check(move, cache);
        for (const move of plan.moves) this.#note(move);
      },
      moved: () => undefined,
      withdrawn: () => undefined,
    };
  }

  /** Why a move was made that was written down at this instant. */
  reasonOf(uid: string, at: Instant): Move['reason'] | undefined {
    const { plan } = this.plans.find((one) => one.at === at && one.plan.moves.some(({ pod }) => pod.uid === uid)) ?? {};
    return plan?.moves.find(({ pod }) => pod.uid === uid)?.reason;
  }

  #note(move: Move): void {
    const key = `${move.pod.uid} ${move.from}`;
    const [before, now] = [this.#known.get(key), this.clock.now()];
    this.#known.set(key, now);
    if (move.means !== 'replacement' || before === undefined || now - before < hour) this.lastNew = now;
    else this.repeated.push(move);
  }

  #check({ pod, from, reason }: Move, { snapshot }: SchedulerCache): void {
    const row = snapshot.rowOf(from) ?? -1;
    const use = snapshot.useOf(row);
    const { hot, light, maxAge } = this.settings;
    const shares = ['cpu', 'memory'].map(
      (name) => (use?.mean[name] ?? 0) / (snapshot.column(name)?.capacity[row] ?? 0),
    );
    const isFresh = use !== undefined && this.clock.now() - use.to <= maxAge;
    const isDue =
      reason === 'NodeHot'
        ? shares.some((share) => share > hot.threshold)
        : shares.every((share) => share < light.threshold);
    if (isFresh && isDue) return;
    const said = shares.map((share) => share.toFixed(2)).join(' and ');
    const what = `${pod.key} is moved off ${from} (${reason}), of which ${said} are used${isFresh ? '' : ', measured long ago'}`;
    this.violations.push(violation('moves for a reason', what, pod.key.split('/')[1] ?? '', from));
  }
}
