/** What a pool's stock needs: a pure function of the pool and its pods. */
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { labels } from '../api/names.js';
import { failureOf, isOver, isReady, isTerminating, templateFingerprint } from '../line/index.js';
import { type Duration, type Instant, instantOf, minute, parseDuration } from '../support/time.js';

/**
 * The breaker: so many containers that cannot start may stand in the stock. While they do, no more are made; the kubelet
 * goes on trying these, and each that lives longer than the start deadline is replaced by one new try. So a broken
 * template costs a handful of containers, and the stock refills by itself when the cause is mended.
 */
export const breakerLimit = 5;

export interface StockPlan {
  /** How many containers to make now. */
  readonly create: number;
  readonly retire: readonly { readonly pod: Pod; readonly why: string }[];
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
}

interface Sorted {
  /** Of the present template, not expired: these count towards `replicas`. */
  readonly fresh: readonly Pod[];
  readonly old: readonly { readonly pod: Pod; readonly why: string }[];
  /** Cannot start; the newest first. */
  readonly failing: readonly Pod[];
  readonly overdue: readonly Pod[];
  readonly wakeAt: Instant | undefined;
}

/** @param pods the pods in stock, ready or not, by the pool's own marks */
export function planStock(pool: ContainerPool, pods: Iterable<Pod>, now: Instant): StockPlan {
  const stock = sortStock(pool, pods, now);
  const { fresh, old, failing, overdue } = stock;
  const { replicas: desired, refill, renewal } = pool.spec;
  const ready = count(fresh, isReady) + count(old, ({ pod }) => isReady(pod));
  const starting = fresh.length + old.length - ready;

  const surplus = fresh.length > desired ? [...fresh].sort(dispensableFirst).slice(0, fresh.length - desired) : [];
  const missing = Math.max(0, desired - fresh.length);
  // while old stock is renewed the whole may exceed `replicas` by the surge only
  const room = Math.max(0, desired + renewal.maxSurge - fresh.length - old.length);
  const brake = brakeOn(pool, failing.length);
  const create =
    brake === undefined
      ? Math.min(
          missing,
          old.length === 0 ? missing : room,
          Math.max(0, refill.maxStarting - starting - failing.length),
        )
      : 0;

  const excess = failing.slice(breakerLimit);
  return {
    create,
    retire: [
      ...overdue.map((pod) => ({ pod, why: `it was not ready within ${refill.startDeadline}` })),
      ...excess.map((pod) => ({ pod, why: failureOf(pod) ?? 'it cannot start' })),
      ...surplus.map((pod) => ({ pod, why: `the stock exceeds ${desired}` })),
      ...(refill.paused ? [] : renewable(stock, desired, ready, renewal.maxUnavailable)),
    ],
    counts: {
      replicas: fresh.length + old.length + failing.length,
      ready,
      starting,
      failing: failing.length,
      updated: count([...fresh, ...failing], (pod) => isPresent(pool)(pod)),
    },
    heldBack: missing > 0 ? brake?.(failing[0]) : undefined,
    wakeAt: stock.wakeAt,
  };
}

function sortStock(pool: ContainerPool, pods: Iterable<Pod>, now: Instant): Sorted {
  const present = isPresent(pool);
  const { expireAfter, refill } = pool.spec;
  const age = expireAfter === undefined ? Infinity : (parseDuration(expireAfter) ?? Infinity);
  const patience = parseDuration(refill.startDeadline) ?? 5 * minute;
  const fresh: Pod[] = [];
  const old: { pod: Pod; why: string }[] = [];
  const failing: Pod[] = [];
  const overdue: Pod[] = [];
  let wakeAt: Instant = Infinity;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const dueAt = isReady(pod) && !isOver(pod) ? Infinity : unreadySince(pod, now) + patience;
    const expiresAt = (instantOf(pod.metadata.creationTimestamp) ?? now) + age;
    if (dueAt <= now) overdue.push(pod);
    else if (failureOf(pod) !== undefined) failing.push(pod);
    else if (!present(pod)) old.push({ pod, why: 'the template has changed' });
    else if (expiresAt <= now) old.push({ pod, why: `it is older than ${expireAfter}` });
    else fresh.push(pod);
    for (const instant of [dueAt, expiresAt]) if (instant > now) wakeAt = Math.min(wakeAt, instant);
  }
  failing.sort((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1));
  return { fresh, old, failing, overdue, wakeAt: wakeAt === Infinity ? undefined : wakeAt };
}

/** Since when it has not been ready: it may have been before. */
function unreadySince(pod: Pod, now: Instant): Instant {
  const created = instantOf(pod.metadata.creationTimestamp) ?? now;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const since: Duration | undefined = instantOf(condition?.lastTransitionTime);
  return Math.max(created, since ?? created);
}

const isPresent = (pool: ContainerPool) => {
  const present = templateFingerprint(pool);
  return (pod: Pod) => pod.metadata.labels?.[labels.template] === present;
};

/** Old stock that may go now: what is not ready at once, what is ready as far as the rest covers the stock. */
function renewable(
  { fresh, old }: Sorted,
  desired: number,
  ready: number,
  maxUnavailable: number,
): StockPlan['retire'] {
  const idle = old.filter(({ pod }) => !isReady(pod));
  const serving = old.filter(({ pod }) => isReady(pod));
  const spare =
    fresh.length >= desired && fresh.every(isReady) ? serving.length : ready - Math.max(0, desired - maxUnavailable);
  return [...idle, ...serving.slice(0, Math.max(0, spare))];
}

/** What holds refill back, as a sentence about one of the failing containers; `undefined` when nothing does. */
function brakeOn(pool: ContainerPool, failing: number): ((example: Pod | undefined) => string) | undefined {
  if (pool.spec.refill.paused) return () => 'refill is paused (spec.refill.paused)';
  if (failing < breakerLimit) return undefined;
  return (example) =>
    `refill has stopped until containers start again: ${failing} cannot start, such as ${example?.metadata.name}: ${(example && failureOf(example)) ?? 'unknown'}`;
}

/** Which of too many to give up: what is not ready before what is, then the youngest. Every replica chooses the same. */
function dispensableFirst(a: Pod, b: Pod): number {
  const readiness = Number(isReady(a)) - Number(isReady(b));
  if (readiness !== 0) return readiness;
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp)
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1;
  return a.metadata.uid < b.metadata.uid ? 1 : -1;
}

function count<T>(items: readonly T[], is: (item: T) => boolean): number {
  return items.reduce((sum, item) => sum + (is(item) ? 1 : 0), 0);
}
