/** How the containers in a pool's stock stand: each is fit, of an older template, unfit, or cannot start. Pure. */
import type { TemplatedPool } from '../api/container-pool.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import { labels } from '../api/names.js';
import { failureOf, isOver, isReadyForDelivery, isTerminating, templateFingerprint } from '../line/index.js';
import { type Instant, instantOf, minute, parseDuration } from '../support/time.js';
import { auditOf, type Leaving } from './audit.js';

export interface SortedStock {
  /** Of the present template, nothing against them: these count towards `replicas`. */
  readonly fresh: readonly Pod[];
  /** Of an older template. */
  readonly outdated: readonly Leaving[];
  /** Of the present template, but not what they were. */
  readonly unfit: readonly Leaving[];
  /** Of the present template, and cannot start; the newest first. */
  readonly failing: readonly Pod[];
  /** Asked to go: nobody is given them. */
  readonly asked: readonly Leaving[];
  /** Outdated, unfit, failing or asked to go, and could not be deleted: they stand in nobody's place. */
  readonly refused: readonly Leaving[];
  /** Those of `failing` and `unfit` that nothing is expected of any more. */
  readonly overdue: ReadonlySet<Pod>;
  /** When the youngest container of the present template that is ready was made. */
  readonly lastSuccess: Instant | undefined;
  readonly wakeAt: Instant;
}

export function sortStock(
  pool: TemplatedPool,
  pods: Iterable<Pod>,
  leavingNodes: ReadonlyMap<string, string>,
  now: Instant,
  isRefused: (pod: Pod) => boolean = () => false,
): SortedStock {
  const patience = parseDuration(pool.spec.refill.startDeadline) ?? 5 * minute;
  const fresh: Pod[] = [];
  const outdated: Leaving[] = [];
  const unfit: Leaving[] = [];
  const failing: Pod[] = [];
  const asked: Leaving[] = [];
  const refused: Leaving[] = [];
  const overdue = new Set<Pod>();
  let lastSuccess: Instant | undefined;
  let wakeAt: Instant = Infinity;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const request = evictionRequestOf(pod);
    if (request) {
      const leaving: Leaving = { pod, cause: 'requested', why: `${request.requester} asks for it: ${request.reason}` };
      (isRefused(pod) ? refused : asked).push(leaving);
      continue;
    }
    if (!isOfTemplate(pod, pool)) {
      const leaving: Leaving = { pod, cause: 'template', why: 'the template has changed' };
      (isRefused(pod) ? refused : outdated).push(leaving);
      continue;
    }
    const isFit = isReadyForDelivery(pod) && !isOver(pod);
    if (isFit) lastSuccess = Math.max(lastSuccess ?? 0, instantOf(pod.metadata.creationTimestamp) ?? 0);
    const dueAt = isFit ? Infinity : unreadySince(pod, now) + patience;
    const audit = auditOf(pod, pool, leavingNodes, now);
    if (dueAt <= now || (isOver(pod) && audit.finding)) overdue.add(pod);
    const fails = failureOf(pod) !== undefined && audit.finding?.cause !== 'node';
    if (isRefused(pod) && (fails || audit.finding || dueAt <= now))
      refused.push({ pod, ...(audit.finding ?? { cause: 'failed', why: failureOf(pod) ?? 'it cannot start' }) });
    else if (fails) failing.push(pod);
    else if (audit.finding) unfit.push({ pod, ...audit.finding });
    else if (dueAt <= now) failing.push(pod);
    else fresh.push(pod);
    for (const instant of [dueAt, audit.wakeAt]) if (instant > now) wakeAt = Math.min(wakeAt, instant);
  }
  failing.sort(newestFirst);
  return { fresh, outdated, unfit, failing, asked, refused, overdue, lastSuccess, wakeAt };
}

/** Whether it was made from what the pool's containers are made from now. */
export function isOfTemplate(pod: Pod, pool: TemplatedPool): boolean {
  return pod.metadata.labels?.[labels.template] === templateFingerprint(pool);
}

/** When the youngest of the pool's containers of its template that are ready was made. */
export function newestReady(pool: TemplatedPool, pods: Iterable<Pod>): Instant | undefined {
  let newest: Instant | undefined;
  for (const pod of pods)
    if (isOfTemplate(pod, pool) && isReadyForDelivery(pod) && !isTerminating(pod) && !isOver(pod))
      newest = Math.max(newest ?? 0, instantOf(pod.metadata.creationTimestamp) ?? 0);
  return newest;
}

/** Since when it has not been ready: it may have been before. */
function unreadySince(pod: Pod, now: Instant): Instant {
  const created = instantOf(pod.metadata.creationTimestamp) ?? now;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return Math.max(created, instantOf(condition?.lastTransitionTime) ?? created);
}

/** Every replica sorts alike, also what was made in the same second. */
export function newestFirst(a: Pod, b: Pod): number {
  if (a.metadata.creationTimestamp !== b.metadata.creationTimestamp)
    return a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1;
  return a.metadata.uid < b.metadata.uid ? 1 : -1;
}
