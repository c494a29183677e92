/** What a pool's stock needs: a pure function of the pool and its pods. */
import type { TemplatedPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Key } from '../api/meta/resource.js';
import { failureOf, isReadyForDelivery, isReadyStock } from '../line/index.js';
import { formatDuration, type Instant } from '../support/time.js';
import type { Leaving } from './audit.js';
import { type Breaker, breakerOf } from './breaker.js';
import type { SortedStock } from './sorted-stock.js';
import { newestFirst } from './standing.js';

export interface StockPlan {
  /** How many containers to make now. */
  readonly create: number;
  /** Containers that are ready for the stages between their start and the stock. */
  readonly produce: readonly Pod[];
  readonly retire: readonly Leaving[];
  readonly counts: StockCounts;
  /** Why refill is held back, in a sentence; absent when it is not. */
  readonly heldBack: string | undefined;
  /** When to look again even if nothing happens. */
  readonly wakeAt: Instant | undefined;
}

export interface StockCounts {
  /** Containers that are in stock or on their way there, failing ones too. */
  readonly replicas: number;
  readonly ready: number;
  readonly starting: number;
  readonly failing: number;
  /** Of the present template. */
  readonly updated: number;
  /** Of an older template. */
  readonly outdated: number;
}

/** What is known beside the stock. */
export interface StockKnowledge {
  /** When the youngest container of the pool's template that is ready was made, in stock or delivered. */
  readonly lastSuccess: Instant | undefined;
  /** Whether a container of the template has ever been ready. */
  readonly template: 'proven' | 'unproven';
  /** Whether the server refused to delete it when that was tried last. */
  readonly isRefused: (pod: Pod) => boolean;
}

/** @param stock as its containers stand now, by the pool's rules */
export function planStock(pool: TemplatedPool, stock: SortedStock, now: Instant, known: StockKnowledge): StockPlan {
  const { isRefused, lastSuccess } = known;
  const { replicas: desired, refill, renewal } = pool.spec;
  const { outdated, unfit, failing } = stock;
  const surplus = surplusOf(stock.fresh, desired, isRefused);
  const fresh = countFresh(stock, surplus.filter(isRefused));
  const leaving = outdated.serving.size + outdated.idle.size + unfit.serving.size + unfit.idle.size;
  const ready = fresh.ready + outdated.serving.size + unfit.serving.size;
  const starting = fresh.all + leaving - ready;

  const missing = Math.max(0, desired - fresh.all);
  // while stock is replaced the whole may exceed `replicas` by the surge only
  const room = leaving === 0 ? missing : Math.max(0, desired + renewal.maxSurge - fresh.all - leaving);
  const breaker = breakerOf(failing, lastSuccess, fresh.deliverable === fresh.all ? 'idle' : 'probing');
  const paused = refill.paused ? 'refill is paused (spec.refill.paused)' : undefined;
  const most = Math.min(missing, room, Math.max(0, refill.maxStarting - starting - failing.length));
  const create =
    paused !== undefined ? 0 : breaker.isOpen ? Math.min(now >= breaker.probeAt ? 1 : 0, missing, room) : most;
  const proven = known.template === 'proven' || lastSuccess !== undefined;

  return {
    create,
    produce: [...stock.producible].filter((pod) => !surplus.includes(pod)),
    retire: [
      ...stock.refused,
      // at once: they would give their node's room away too late, and serve nobody meanwhile
      ...stock.asked,
      ...hopeless(stock, failing, breaker, refill.startDeadline),
      ...surplus.map((pod): Leaving => ({ pod, cause: 'surplus', why: `the stock exceeds ${desired}` })),
      ...(paused === undefined
        ? replaceable({ stock, failing: failing.length, fresh, pool, ready, missing, room, proven })
        : []),
    ],
    counts: {
      replicas: fresh.all + leaving + failing.length,
      ready: ready - count(unfit.serving.values(), isWithheld),
      starting,
      failing: failing.length,
      updated: fresh.all + unfit.serving.size + unfit.idle.size + failing.length,
      outdated: outdated.serving.size + outdated.idle.size,
    },
    heldBack: missing > 0 ? (paused ?? (breaker.isOpen ? openSentence(failing, breaker) : undefined)) : undefined,
    wakeAt: earliest(stock.wakeAt, breaker.isOpen && missing > 0 && breaker.probeAt > now ? breaker.probeAt : Infinity),
  };
}

interface FreshCounts {
  readonly all: number;
  /** In stock, and ready. */
  readonly ready: number;
  /** Ready as far as their containers go. */
  readonly deliverable: number;
}

/** What should be gone and cannot go satisfies nothing, and leaves room for what is missing. */
const countFresh = (stock: SortedStock, stuck: readonly Pod[]): FreshCounts => ({
  all: stock.fresh.size - stuck.length,
  ready: stock.freshReady - count(stuck, isReadyStock),
  deliverable: stock.freshDeliverable - count(stuck, isReadyForDelivery),
});

/** Ready, and given to nobody: its node has to be empty. It stays until it is replaced, as that may be taken back. */
const isWithheld = ({ cause }: Leaving): boolean => cause === 'node';

/** What does not start, or will not come back. While the breaker is open its last failures stay: they are its memory. */
function hopeless(
  stock: SortedStock,
  failing: readonly Pod[],
  breaker: Breaker,
  startDeadline: string,
): readonly Leaving[] {
  const excess = new Set(breaker.excess);
  const late = failing.filter((pod) => excess.has(pod) || (stock.isOverdue(pod) && !breaker.isOpen));
  return [
    ...late.map((pod): Leaving => {
      const overdue = stock.isOverdue(pod) ? `it was not ready within ${startDeadline}` : undefined;
      return { pod, cause: 'failed', why: overdue ?? failureOf(pod) ?? 'it cannot start' };
    }),
    // one that is overdue cannot be delivered
    ...[...stock.unfit.idle.values()].filter(({ pod }) => stock.isOverdue(pod)),
  ];
}

interface ReplacementView {
  readonly stock: SortedStock;
  readonly fresh: FreshCounts;
  readonly failing: number;
  readonly pool: TemplatedPool;
  readonly ready: number;
  readonly missing: number;
  readonly room: number;
  readonly proven: boolean;
}

/**
 * What may go because it is replaced. Unfit containers that are ready go when others stand in for them, as long as there is
 * a surge to make those in; those of an older template as far as `maxUnavailable` lets the stock fall, but only once a
 * container of the new one has been ready: a stock that works is not given for a template that may not.
 */
function replaceable(view: ReplacementView): readonly Leaving[] {
  const { stock, fresh, failing, pool, ready, missing, room, proven } = view;
  const { outdated, unfit } = stock;
  const { replicas: desired, renewal } = pool.spec;
  const idle = outdated.idle.values();
  // of no use to anybody: they only wait for their replacements as long as there is room for these beside them
  const idleUnfit = [...unfit.idle.values()].filter(({ pod }) => !stock.isOverdue(pod));
  const covered = fresh.all >= desired && fresh.ready === fresh.all;
  if (covered) return [...idle, ...idleUnfit, ...unfit.serving.values(), ...outdated.serving.values()];

  const inTheWay = idleUnfit.slice(0, Math.max(0, missing - room));
  const least = desired - (renewal.maxSurge > 0 ? 0 : renewal.maxUnavailable);
  const replaced = first(unfit.serving.values(), ready - Math.max(0, least));
  const left = ready - replaced.length;
  const tried = fresh.all + failing > 0;
  const spare = left - Math.max(0, desired - renewal.maxUnavailable);
  // without a surge one container must make room for the first of the new template
  const allowed = proven ? spare : room === 0 && !tried ? Math.min(1, spare) : 0;
  return [...idle, ...inTheWay, ...replaced, ...first(outdated.serving.values(), allowed)];
}

/** Not more than so many of them; the others are not looked at. */
function first<T>(items: Iterable<T>, most: number): readonly T[] {
  const found: T[] = [];
  if (most <= 0) return found;
  for (const item of items) if (found.push(item) >= most) break;
  return found;
}

function openSentence(failing: readonly Pod[], { pause }: Breaker): string {
  const [example] = failing;
  const why = (example && failureOf(example)) ?? 'it does not get ready';
  return `refill has stopped until a container starts again: ${failing.length} cannot start, such as ${example?.metadata.name}: ${why}; one at a time is tried, ${formatDuration(pause)} after the last`;
}

/** First of all what could not be deleted before: another in its place would be one too few. */
function surplusOf(fresh: ReadonlyMap<Key, Pod>, desired: number, isRefused: (pod: Pod) => boolean): readonly Pod[] {
  if (fresh.size <= desired) return [];
  const order = (a: Pod, b: Pod) => Number(isRefused(b)) - Number(isRefused(a)) || dispensableFirst(a, b);
  return [...fresh.values()].sort(order).slice(0, fresh.size - desired);
}

/** Which of too many to give up: what is not ready before what is, then the youngest. Every replica chooses the same. */
function dispensableFirst(a: Pod, b: Pod): number {
  const readiness = Number(isReadyStock(a)) - Number(isReadyStock(b));
  return readiness === 0 ? newestFirst(a, b) : readiness;
}

function earliest(...instants: readonly Instant[]): Instant | undefined {
  const first = Math.min(...instants);
  return first === Infinity ? undefined : first;
}

function count<T>(items: Iterable<T>, is: (item: T) => boolean): number {
  let sum = 0;
  for (const item of items) if (is(item)) sum++;
  return sum;
}
