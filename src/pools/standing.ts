/** How one container in a pool's stock stands: fit, of an older template, unfit, or one that cannot start. Pure. */
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import { labels } from '../api/names.js';
import { failureOf, isOver, isReadyForDelivery, isTerminating } from '../line/index.js';
import { type Instant, instantOf } from '../support/time.js';
import { type Audit, auditOf, type Leaving } from './audit.js';
import type { StockRules } from './rules.js';

export type Standing =
  /** Of the present template, nothing against it: it counts towards `replicas`. */
  | { readonly group: 'fresh' }
  /** Of an older template. */
  | { readonly group: 'outdated'; readonly leaving: Leaving }
  /** Of the present template, but not what it was. */
  | { readonly group: 'unfit'; readonly leaving: Leaving }
  /** Of the present template, and cannot start. */
  | { readonly group: 'failing' }
  /** Asked to go: nobody is given it. */
  | { readonly group: 'asked'; readonly leaving: Leaving }
  /** One of those that should go, and could not be deleted: it stands in nobody's place. */
  | { readonly group: 'refused'; readonly leaving: Leaving };

export interface Judgement {
  readonly standing: Standing;
  /** Whether nothing is expected of it any more. */
  readonly isOverdue: boolean;
  /** When time alone may change that. */
  readonly wakeAt: Instant;
}

/** What is known beside the pool and its pods. */
export interface StockFacts {
  /** Why the pods of a node have to go, by its name: what stands there is nobody's stock any more. */
  readonly leavingNodes: ReadonlyMap<string, string>;
  /** Whether the server refused to delete it when that was tried last. */
  readonly isRefused: (pod: Pod) => boolean;
  /** Whether nobody knows what is left to be done with it: the version of its line is not remembered. */
  readonly isLost: (pod: Pod) => boolean;
}

export const lostWhy = 'it was begun by a version of its line that is not remembered any more';

/** `undefined`: it is going already. */
export function judge(pod: Pod, rules: StockRules, facts: StockFacts, now: Instant): Judgement | undefined {
  if (isTerminating(pod)) return undefined;
  const isRefused = facts.isRefused(pod);
  if (isRefused && facts.isLost(pod)) return going('refused', { pod, cause: 'template', why: lostWhy });
  const request = evictionRequestOf(pod);
  if (request) {
    const why = `${request.requester} asks for it: ${request.reason}`;
    return going(isRefused ? 'refused' : 'asked', { pod, cause: 'requested', why });
  }
  if (pod.metadata.labels?.[labels.template] !== rules.template)
    return going(isRefused ? 'refused' : 'outdated', { pod, cause: 'template', why: 'the template has changed' });
  const dueAt = isFit(pod) ? Infinity : unreadySince(pod, now) + rules.startDeadline;
  const audit = auditOf(pod, rules, facts.leavingNodes, now);
  return {
    standing: standingOf(pod, audit, dueAt <= now, isRefused),
    isOverdue: dueAt <= now || (isOver(pod) && audit.finding !== undefined),
    wakeAt: Math.min(...[dueAt, audit.wakeAt].map((at) => (at > now ? at : Infinity))),
  };
}

const going = (group: 'refused' | 'asked' | 'outdated', leaving: Leaving): Judgement => ({
  standing: { group, leaving },
  isOverdue: false,
  wakeAt: Infinity,
});

function standingOf(pod: Pod, { finding }: Audit, isDue: boolean, isRefused: boolean): Standing {
  const failure = failureOf(pod);
  const fails = failure !== undefined && finding?.cause !== 'node';
  if (isRefused && (fails || finding || isDue)) {
    const why = finding ?? { cause: 'failed', why: failure ?? 'it cannot start' };
    return { group: 'refused', leaving: { pod, ...why } };
  }
  if (fails) return { group: 'failing' };
  if (finding) return { group: 'unfit', leaving: { pod, ...finding } };
  return { group: isDue ? 'failing' : 'fresh' };
}

/** Whether it can be delivered as far as it goes itself. */
export const isFit = (pod: Pod): boolean => isReadyForDelivery(pod) && !isTerminating(pod) && !isOver(pod);

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
