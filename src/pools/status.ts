/** What a pool's status says, as a pure function of its plan and its pods. */
import { type ContainerPool, type ContainerPoolStatus, isTemplated } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Condition } from '../api/meta/metadata.js';
import { labels, states } from '../api/names.js';
import {
  describeRefusals,
  isDelivered,
  isTerminating,
  isWaiting,
  type Refusal,
  templateFingerprint,
} from '../line/index.js';
import { type ConditionUpdate, setCondition } from '../runtime/index.js';
import type { Instant } from '../support/time.js';
import type { RenewalPlan } from './plan-renewal.js';
import type { StockPlan } from './plan-stock.js';
import { type SizedPool, webhookName } from './sizing/index.js';

export interface PoolStatusView {
  /** With its Deployment's template, where it is made for one, and the size that was decided, where it sizes itself. */
  readonly pool: ContainerPool;
  readonly plan: StockPlan;
  /** Which template the stock has; `undefined` for a pool that has none. */
  readonly renewal: RenewalPlan | undefined;
  /** How it was sized, where it sizes itself. */
  readonly sized: SizedPool | undefined;
  /** How many containers came back from claims, and are being cleaned or wait for their tenant. */
  readonly returned: number;
  /** How many containers failed in a stage and are kept aside. */
  readonly quarantined: number;
  /** The pool's containers that claims, or its Deployment, hold now; a hit was in stock when its claim came. */
  readonly delivered: { readonly size: number; readonly hits: number };
  /** Replicas of the pool's Deployment that started cold since the pool is there. */
  readonly missed: number;
  /** What keeps the pool from making containers, if not that those it makes cannot start. */
  readonly trouble: Trouble | undefined;
  /** Containers that could not be deleted, or changed. */
  readonly refusals: readonly Refusal[];
  readonly now: Instant;
}

/** In one word and in a sentence. */
export interface Trouble {
  readonly reason: string;
  readonly message: string;
}

export function poolStatus({
  pool,
  plan,
  renewal,
  sized,
  returned,
  quarantined,
  delivered,
  missed,
  trouble,
  refusals,
  now,
}: PoolStatusView): ContainerPoolStatus {
  const { replicas, ready, starting, updated } = plan.counts;
  return {
    observedGeneration: pool.metadata.generation ?? 1,
    desired: pool.spec.replicas,
    replicas,
    ready,
    starting,
    updated: renewal?.phase === 'RolledBack' ? 0 : updated,
    delivered: delivered.size,
    returned,
    quarantined,
    ...(delivered.size + missed === 0
      ? {}
      : { hitRate: `${((100 * delivered.hits) / (delivered.size + missed)).toFixed(1)}%` }),
    ...(sized && { sizing: sized.sizing }),
    ...(isTemplated(pool) ? { template: templateFingerprint(pool) } : {}),
    ...renewalOf(pool, renewal),
    selector: `${labels.pool}=${pool.metadata.name},${labels.state}=${states.stocked}`,
    conditions: conditions(
      pool,
      [...drafts(pool, plan, renewal, trouble, refusals), ...renewedDraft(pool, plan, renewal), ...sizedDraft(sized)],
      now,
    ),
  };
}

/**
 * Replicas of the pool's Deployment that started cold since the pool is there; those that wait for their start are still to
 * be served. @param pods of the Deployment's ReplicaSets
 */
export function coldReplicas({ metadata: { creationTimestamp } }: ContainerPool, pods: readonly Pod[]): number {
  return pods.filter(
    (pod) =>
      !isDelivered(pod) && !isTerminating(pod) && !isWaiting(pod) && pod.metadata.creationTimestamp > creationTimestamp,
  ).length;
}

function conditions(pool: ContainerPool, updates: readonly ConditionUpdate[], now: Instant): readonly Condition[] {
  const observedGeneration = pool.metadata.generation ?? 1;
  const types = new Set(updates.map(({ type }) => type));
  return updates.reduce<readonly Condition[]>(
    (all, update) => setCondition(all, { ...update, observedGeneration }, now),
    // one that a pool sized itself says nothing of a pool that does so no longer
    (pool.status?.conditions ?? []).filter(({ type }) => types.has(type)),
  );
}

/** The memory of the renewal stays while there is no template to go by. */
function renewalOf({ status }: ContainerPool, renewal: RenewalPlan | undefined): Pick<ContainerPoolStatus, 'renewal'> {
  const said = renewal?.status ?? status?.renewal;
  return said ? { renewal: said } : {};
}

function renewedDraft(
  pool: ContainerPool,
  { counts: { outdated } }: StockPlan,
  renewal: RenewalPlan | undefined,
): readonly ConditionUpdate[] {
  if (!renewal) return [];
  const failed = failedRenewal(pool, renewal);
  if (failed) return [{ type: 'Renewed', status: 'False', ...failed }];
  const { phase, status } = renewal;
  if (phase === 'Proven' || status.since === undefined)
    return outdated === 0
      ? [{ type: 'Renewed', status: 'True', reason: 'UpToDate', message: 'no stock is of an older template' }]
      : [{ type: 'Renewed', status: 'False', reason: 'Renewing', message: `${outdated} of an older template` }];
  const message = `no container of the present template is ready yet; one must be within ${pool.spec.renewal.progressDeadline}`;
  return [{ type: 'Renewed', status: 'False', reason: 'Trying', message }];
}

/** Only the present template can be mended, or the last one be kept. */
function failedRenewal({ spec: { renewal: settings } }: ContainerPool, renewal: RenewalPlan | undefined) {
  const failure = `no container of the present template was ready within ${settings.progressDeadline}`;
  if (renewal?.phase === 'RolledBack')
    return {
      reason: 'RolledBack',
      message: `${failure}: stock is made from the last template that worked until the template changes again`,
    };
  if (renewal?.phase !== 'Overdue') return undefined;
  const rest =
    settings.onFailure === 'RollBack'
      ? 'there is no template before it that worked, so it is tried on'
      : 'it is tried on, and ready stock of the template before stays';
  return { reason: 'ProgressDeadlineExceeded', message: `${failure}: ${rest}` };
}

function sizedDraft(sized: SizedPool | undefined): readonly ConditionUpdate[] {
  if (!sized) return [];
  const { message, forecaster } = sized.sizing;
  if (sized.trouble !== undefined)
    return [{ type: 'Sized', status: 'False', reason: 'WebhookFails', message: sized.trouble }];
  const reason = forecaster === webhookName ? 'FromWebhook' : 'FromDemand';
  return [
    sized.short
      ? { type: 'Sized', status: 'False', reason: 'LimitedByMax', message }
      : { type: 'Sized', status: 'True', reason, message },
  ];
}

const besides = (first: Trouble | undefined, second: Trouble | undefined): Trouble | undefined =>
  first && second ? { ...first, message: `${first.message}; ${second.message}` } : (first ?? second);

function drafts(
  pool: ContainerPool,
  { counts, heldBack, create }: StockPlan,
  renewal: RenewalPlan | undefined,
  trouble: Trouble | undefined,
  refusals: readonly Refusal[],
): readonly ConditionUpdate[] {
  const { replicas: desired, refill } = pool.spec;
  const { ready, starting, failing } = counts;
  const truth = (type: string, status: boolean, reason: string, message: string): ConditionUpdate => ({
    type,
    status: status ? 'True' : 'False',
    reason,
    message,
  });
  const stock = `${ready} of ${desired} containers ready`;
  const failure = refill.paused || heldBack === undefined ? undefined : { reason: 'ContainersFail', message: heldBack };
  // what keeps the pool from being stocked comes first; what concerns single containers is said beside it
  const degraded = besides(trouble ?? failure ?? failedRenewal(pool, renewal), describeRefusals(refusals));
  // what the server refuses to make does not come along, what was made before it refused does
  const progressing = starting > 0 || (create > 0 && trouble === undefined);
  return [
    truth('Available', ready >= desired, ready >= desired ? 'Stocked' : 'Refilling', stock),
    truth(
      'Progressing',
      progressing,
      progressing ? 'Refilling' : refill.paused ? 'Paused' : (trouble?.reason ?? 'Idle'),
      `${starting} starting, ${failing} failing`,
    ),
    truth('Exhausted', desired > 0 && ready === 0, desired > 0 && ready === 0 ? 'StockEmpty' : 'InStock', stock),
    truth(
      'Degraded',
      degraded !== undefined,
      degraded?.reason ?? 'AsExpected',
      degraded?.message ?? 'containers start as expected',
    ),
  ];
}
