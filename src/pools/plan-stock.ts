/** What a pool's stock needs: a pure function of the pool and its pods. */
import type { TemplatedPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { failureOf, isProducing, isReadyForDelivery, isReadyStock } from '../line/index.js';
import { formatDuration, type Instant } from '../support/time.js';
import type { Leaving } from './audit.js';
import { type Breaker, breakerOf } from './breaker.js';
import { newestFirst, type SortedStock, sortStock } from './sort-stock.js';

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
  /** Why the pods of a node have to go, by its name: what stands there is nobody's stock any more. */
  readonly leavingNodes: ReadonlyMap<string, string>;
  /** When the youngest container of the pool's template that has got ready was made, where it is not in stock any more. */
  readonly lastSuccess: Instant | undefined;
  /** Whether a container of the template has ever been ready. */
  readonly template: 'proven' | 'unproven';
  /** Whether the server refused to delete it when that was tried last. */
  readonly isRefused?: (pod: Pod) => boolean;
}

const nothingKnown: StockKnowledge = { leavingNodes: new Map(), lastSuccess: undefined, template: 'unproven' };

/** @param pods the pods in stock, ready or not, by the pool's own marks */
export function planStock(
  pool: TemplatedPool,
  pods: Iterable<Pod>,
  now: Instant,
  known: StockKnowledge = nothingKnown,
): StockPlan {
  const { isRefused = () => false } = known;
  const sorted = sortStock(pool, pods, known.leavingNodes, now, isRefused);
  const { replicas: desired, refill, renewal } = pool.spec;
  const surplus = surplusOf(sorted.fresh, desired, isRefused);
  // what should be gone and cannot go satisfies nothing, and leaves room for what is missing
  const stock = { ...sorted, fresh: sorted.fresh.filter((pod) => !(isRefused(pod) && surplus.includes(pod))) };
  const { fresh, outdated, unfit, failing, asked, refused } = stock;
  const leaving = outdated.length + unfit.length;
  const ready = count(fresh, isReadyStock) + count([...outdated, ...unfit], isServing);
  const starting = fresh.length + leaving - ready;

  const missing = Math.max(0, desired - fresh.length);
  // while stock is replaced the whole may exceed `replicas` by the surge only
  const room = leaving === 0 ? missing : Math.max(0, desired + renewal.maxSurge - fresh.length - leaving);
  const lastSuccess = latest(stock.lastSuccess, known.lastSuccess);
  const breaker = breakerOf(failing, lastSuccess, fresh.every(isReadyForDelivery) ? 'idle' : 'probing');
  const paused = refill.paused ? 'refill is paused (spec.refill.paused)' : undefined;
  const most = Math.min(missing, room, Math.max(0, refill.maxStarting - starting - failing.length));
  const create =
    paused !== undefined ? 0 : breaker.isOpen ? Math.min(now >= breaker.probeAt ? 1 : 0, missing, room) : most;
  const proven = known.template === 'proven' || lastSuccess !== undefined;

  return {
    create,
    produce: fresh.filter((pod) => isProducing(pod) && isReadyForDelivery(pod) && !surplus.includes(pod)),
    retire: [
      ...refused,
      // at once: they would give their node's room away too late, and serve nobody meanwhile
      ...asked,
      ...hopeless(stock, breaker, refill.startDeadline),
      ...surplus.map((pod): Leaving => ({ pod, cause: 'surplus', why: `the stock exceeds ${desired}` })),
      ...(paused === undefined ? replaceable({ stock, pool, ready, missing, room, proven }) : []),
    ],
    counts: {
      replicas: fresh.length + leaving + failing.length,
      ready: ready - count(unfit, isWithheld),
      starting,
      failing: failing.length,
      updated: fresh.length + unfit.length + failing.length,
      outdated: outdated.length,
    },
    heldBack: missing > 0 ? (paused ?? (breaker.isOpen ? openSentence(failing, breaker) : undefined)) : undefined,
    wakeAt: earliest(stock.wakeAt, breaker.isOpen && missing > 0 && breaker.probeAt > now ? breaker.probeAt : Infinity),
  };
}

/** Ready, and given to nobody: its node has to be empty. It stays until it is replaced, as that may be taken back. */
const isWithheld = ({ pod, cause }: Leaving): boolean => isReadyStock(pod) && cause === 'node';

const isServing = ({ pod }: Leaving): boolean => isReadyStock(pod);

/** What does not start, or will not come back. While the breaker is open its last failures stay: they are its memory. */
function hopeless(
  { failing, unfit, overdue }: SortedStock,
  breaker: Breaker,
  startDeadline: string,
): readonly Leaving[] {
  const excess = new Set(breaker.excess);
  const late = failing.filter((pod) => excess.has(pod) || (overdue.has(pod) && !breaker.isOpen));
  return [
    ...late.map((pod): Leaving => {
      const why = overdue.has(pod) ? `it was not ready within ${startDeadline}` : (failureOf(pod) ?? 'it cannot start');
      return { pod, cause: 'failed', why };
    }),
    ...unfit.filter(({ pod }) => overdue.has(pod)),
  ];
}

interface ReplacementView {
  readonly stock: SortedStock;
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
function replaceable({ stock, pool, ready, missing, room, proven }: ReplacementView): readonly Leaving[] {
  const { fresh, outdated, failing } = stock;
  const { replicas: desired, renewal } = pool.spec;
  const unfit = stock.unfit.filter(({ pod }) => !stock.overdue.has(pod));
  const serving = { unfit: unfit.filter(isServing), outdated: outdated.filter(isServing) };
  const idle = outdated.filter((one) => !isServing(one));
  // of no use to anybody: they only wait for their replacements as long as there is room for these beside them
  const idleUnfit = unfit.filter((one) => !isServing(one));
  const covered = fresh.length >= desired && fresh.every(isReadyStock);
  if (covered) return [...idle, ...idleUnfit, ...serving.unfit, ...serving.outdated];

  const inTheWay = idleUnfit.slice(0, Math.max(0, missing - room));
  const least = desired - (renewal.maxSurge > 0 ? 0 : renewal.maxUnavailable);
  const replaced = serving.unfit.slice(0, Math.max(0, ready - Math.max(0, least)));
  const left = ready - replaced.length;
  const tried = fresh.length + failing.length > 0;
  const spare = left - Math.max(0, desired - renewal.maxUnavailable);
  // without a surge one container must make room for the first of the new template
  const allowed = proven ? spare : room === 0 && !tried ? Math.min(1, spare) : 0;
  return [...idle, ...inTheWay, ...replaced, ...serving.outdated.slice(0, Math.max(0, allowed))];
}

function openSentence(failing: readonly Pod[], { pause }: Breaker): string {
  const [example] = failing;
  const why = (example && failureOf(example)) ?? 'it does not get ready';
  return `refill has stopped until a container starts again: ${failing.length} cannot start, such as ${example?.metadata.name}: ${why}; one at a time is tried, ${formatDuration(pause)} after the last`;
}

/** First of all what could not be deleted before: another in its place would be one too few. */
function surplusOf(fresh: readonly Pod[], desired: number, isRefused: (pod: Pod) => boolean): readonly Pod[] {
  if (fresh.length <= desired) return [];
  const order = (a: Pod, b: Pod) => Number(isRefused(b)) - Number(isRefused(a)) || dispensableFirst(a, b);
  return fresh.toSorted(order).slice(0, fresh.length - desired);
}

/** Which of too many to give up: what is not ready before what is, then the youngest. Every replica chooses the same. */
function dispensableFirst(a: Pod, b: Pod): number {
  const readiness = Number(isReadyStock(a)) - Number(isReadyStock(b));
  return readiness === 0 ? newestFirst(a, b) : readiness;
}

const latest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

function earliest(...instants: readonly Instant[]): Instant | undefined {
  const first = Math.min(...instants);
  return first === Infinity ? undefined : first;
}

function count<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.reduce((sum, item) => sum + (is(item) ? 1 : 0), 0);
}
