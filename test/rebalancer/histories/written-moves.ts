/** What the rebalancer has written down before it moved anything, against its settings and against what it did. */
import { z } from 'zod';
import type { Pod } from '../../../src/api/kubernetes.js';
import { moveLogName } from '../../../src/operator/index.js';
import type { RebalancerSettings } from '../../../src/rebalancer/index.js';
import { type Duration, hour, minute } from '../../../src/support/time.js';
import type { Journal } from '../../faults/journal.js';
import { type Violation, violation } from '../../faults/violation.js';
import { actsOf, isAsked } from './acts.js';
import type { PlanRecord } from './plan-record.js';
import type { Happening } from './record.js';

const written = z.array(
  z.object({
    at: z.number(),
    pod: z.object({ key: z.string(), uid: z.string() }),
    owner: z.string(),
    from: z.string(),
    to: z.string(),
    means: z.enum(['replacement', 'eviction']),
  }),
);
type WrittenMove = z.output<typeof written>[number];

/** So long a move counts as under way that nothing shows of. */
const unseen: Duration = 5 * minute;
/** A pod may be evicted so long after its move was written down: answers are slow, and processes pause. */
const slowness: Duration = 6 * minute;

export function checkMoves(
  happenings: readonly Happening[],
  journal: Journal,
  plans: PlanRecord,
  settings: RebalancerSettings,
): readonly Violation[] {
  const check = new MoveCheck(plans, settings);
  const acts = new Map(actsOf(happenings, journal).map((act) => [act.version, act]));
  const actedAt: number[] = [];
  for (const happening of happenings) {
    const act = acts.get(happening.version);
    if (act) {
      check.act(act.pod, act.means);
      actedAt.push(act.at);
    }
    check.see(happening);
  }
  const { perHour } = settings.budgets;
  for (const [index, at] of actedAt.entries())
    if (at - (actedAt[index - perHour] ?? -Infinity) < hour - slowness)
      check.violations.push(violation('keeps to its budgets', `more than ${perHour} pods were moved within an hour`));
  return check.violations;
}

class MoveCheck {
  readonly violations: Violation[] = [];
  readonly #pods = new Map<string, Pod>();
  /** All that was ever written, in order. */
  readonly #written: WrittenMove[] = [];

  constructor(
    private readonly plans: PlanRecord,
    private readonly settings: RebalancerSettings,
  ) {}

  see({ of, type, object }: Happening): void {
    if (of === 'pod') {
      if (type === 'DELETED') this.#pods.delete(object.metadata.uid);
      else this.#pods.set(object.metadata.uid, object);
    }
    if (of !== 'config-map' || object.metadata.name !== moveLogName || type === 'DELETED') return;
    for (const move of written.parse(JSON.parse(object.data?.['moves.json'] ?? '')))
      if (!this.#written.some(({ at, pod }) => at === move.at && pod.uid === move.pod.uid)) this.#add(move);
  }

  /** A pod was moved: that stands there already. */
  act({ metadata: { name, uid } }: Pod, means: WrittenMove['means']): void {
    if (this.#written.some((move) => move.pod.uid === uid && move.means === means)) return;
    this.violations.push(violation('writes first', `${name} was moved before that was written down`, name));
  }

  #add(move: WrittenMove): void {
    const { budgets, returnWindow } = this.settings;
    const since = (window: Duration) => this.#written.filter(({ at }) => at >= move.at - window);
    const moving = this.#written.filter((one) => this.#isUnderWay(one, move));
    const distinct = (moves: readonly WrittenMove[]) => new Set(moves.map(({ pod }) => pod.uid)).size;
    const over = (what: string, count: number, most: number) => {
      if (count < most) return;
      const [, name = ''] = move.pod.key.split('/');
      const said = `${name} is the ${count + 1}th pod moved ${what}, there may be ${most}`;
      this.violations.push(violation('keeps to its budgets', said, name, move.from, move.to));
    };
    over('within an hour', since(hour).length, budgets.perHour);
    over('of its owner at once', distinct(moving.filter(({ owner }) => owner === move.owner)), budgets.perOwner);
    const arriving = moving.filter(({ to, pod }) => to === move.to && !this.#isTerminating(pod.uid));
    over('to its node at once', distinct(arriving), budgets.perNode);
    if (this.plans.reasonOf(move.pod.uid, move.at) === 'NodeHot')
      over('off its node at once', distinct(moving.filter(({ from }) => from === move.from)), budgets.perNode);
    const left = since(returnWindow).find(({ owner, from }) => owner === move.owner && from === move.to);
    if (left) {
      const [name = '', other = ''] = [move, left].map(({ pod }) => pod.key.split('/')[1]);
      const what = `${name} moves to ${move.to}, which ${other} of the same owner was moved off lately`;
      this.violations.push(violation('does not go back', what, name, other, move.to));
    }
    this.#written.push(move);
  }

  #isUnderWay({ pod, at, from }: WrittenMove, now: WrittenMove): boolean {
    const there = this.#pods.get(pod.uid);
    if (!there || there.spec?.nodeName !== from || pod.uid === now.pod.uid) return false;
    return at >= now.at - unseen || isAsked(there);
  }

  #isTerminating(uid: string): boolean {
    return this.#pods.get(uid)?.metadata.deletionTimestamp !== undefined;
  }
}
