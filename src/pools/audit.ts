/** Which containers in stock are not what they were, though they have been ready once. Pure. */
import type { Pod } from '../api/kubernetes.js';
import { isEndedByNode, isOver, isReadyForDelivery } from '../line/index.js';
import { type Instant, instantOf } from '../support/time.js';
import type { StockRules } from './rules.js';

/** Why a container leaves its stock, in one word for metrics. */
export type RetireCause =
  | 'template'
  | 'expired'
  | 'unhealthy'
  | 'restarts'
  | 'node'
  | 'surplus'
  | 'requested'
  | 'failed'
  | 'ownerless';

/** A container that is to leave, and why: in a word and in a sentence about it. */
export interface Leaving {
  readonly pod: Pod;
  readonly cause: RetireCause;
  readonly why: string;
}

export interface Audit {
  readonly finding: Omit<Leaving, 'pod'> | undefined;
  /** When time alone may change that. */
  readonly wakeAt: Instant;
}

/**
 * @param leavingNodes why the pods of a node have to go, by its name
 *
 * That a node is not Ready needs no look at nodes: its pods are not Ready then, by the control plane's word.
 */
export function auditOf(pod: Pod, rules: StockRules, leavingNodes: ReadonlyMap<string, string>, now: Instant): Audit {
  const expiresAt = (instantOf(pod.metadata.creationTimestamp) ?? now) + rules.expireAfter;
  const sickAt = isOver(pod) ? Infinity : (readyUntil(pod) ?? Infinity) + rules.unhealthyAfter;
  const wakeAt = Math.min(...[expiresAt, sickAt].map((at) => (at > now ? at : Infinity)));
  const restarts = (pod.status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
  const node = pod.spec?.nodeName;
  if (isEndedByNode(pod) && hasRun(pod))
    return found(
      'node',
      `its node has ended it: ${[pod.status?.reason, pod.status?.message].filter(Boolean).join(': ')}`,
    );
  if (expiresAt <= now) return found('expired', `it is older than ${rules.words.expireAfter}`);
  const leaving = leavingNodes.get(node ?? '');
  if (leaving !== undefined)
    return found('node', `its node ${node} is ${leaving === 'cordoned' ? leaving : `to be emptied (${leaving})`}`);
  if (sickAt <= now) return found('unhealthy', `it was ready, and has not been for ${rules.words.unhealthyAfter}`);
  if (restarts > rules.maxRestarts) return found('restarts', `it has restarted more than ${rules.maxRestarts} times`);
  return { finding: undefined, wakeAt };

  function found(cause: RetireCause, why: string): Audit {
    return { finding: { cause, why }, wakeAt };
  }
}

/** One that it has never run was turned away: a container that nothing speaks for, and that would be turned away again. */
const hasRun = ({ status }: Pod): boolean => (status?.containerStatuses ?? []).length > 0;

/**
 * Until when it was ready; `undefined` for one that is, or never was. The condition of one that never was is older than its
 * containers: it was set when the pod came to its node.
 */
function readyUntil(pod: Pod): Instant | undefined {
  if (isReadyForDelivery(pod)) return undefined;
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const since = instantOf(condition?.lastTransitionTime);
  if (condition === undefined || since === undefined) return undefined;
  const starts = (pod.status?.containerStatuses ?? []).flatMap(({ state, lastState }) => {
    const run = lastState?.terminated ?? state?.running ?? state?.terminated;
    return instantOf(run?.startedAt) ?? [];
  });
  return starts.length > 0 && since > Math.min(...starts) ? since : undefined;
}
