/** What a pool's status says, as a pure function of its plan and its pods. */
import type { ContainerPool, ContainerPoolStatus } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Condition } from '../api/meta/metadata.js';
import { annotations, labels, origins, states } from '../api/names.js';
import { templateFingerprint } from '../line/index.js';
import { type ConditionUpdate, setCondition } from '../runtime/index.js';
import type { Instant } from '../support/time.js';
import type { StockPlan } from './plan-stock.js';

export interface PoolStatusView {
  readonly pool: ContainerPool;
  readonly plan: StockPlan;
  /** The pool's containers that claims hold now. */
  readonly delivered: Iterable<Pod>;
  /** Why the server refused to create a container, if it did. */
  readonly refusal: string | undefined;
  readonly now: Instant;
}

export function poolStatus({ pool, plan, delivered, refusal, now }: PoolStatusView): ContainerPoolStatus {
  const { replicas, ready, starting, updated } = plan.counts;
  const held = deliveries(delivered);
  return {
    observedGeneration: pool.metadata.generation ?? 1,
    replicas,
    ready,
    starting,
    updated,
    delivered: held.all,
    ...(held.all === 0 ? {} : { hitRate: `${((100 * held.hits) / held.all).toFixed(1)}%` }),
    template: templateFingerprint(pool),
    selector: `${labels.pool}=${pool.metadata.name},${labels.state}=${states.stocked}`,
    conditions: conditions(pool, plan, refusal, now),
  };
}

/** A hit: it was in stock when its claim came. */
function deliveries(pods: Iterable<Pod>): { readonly all: number; readonly hits: number } {
  let all = 0;
  let hits = 0;
  for (const pod of pods) {
    all++;
    if (pod.metadata.annotations?.[annotations.origin] === origins.stock) hits++;
  }
  return { all, hits };
}

function conditions(
  pool: ContainerPool,
  plan: StockPlan,
  refusal: string | undefined,
  now: Instant,
): readonly Condition[] {
  const observedGeneration = pool.metadata.generation ?? 1;
  return drafts(pool, plan, refusal).reduce<readonly Condition[]>(
    (all, draft) => setCondition(all, { ...draft, observedGeneration }, now),
    pool.status?.conditions ?? [],
  );
}

function drafts(
  { spec: { replicas: desired, refill } }: ContainerPool,
  { counts, heldBack, create }: StockPlan,
  refusal: string | undefined,
): readonly ConditionUpdate[] {
  const { ready, starting, failing } = counts;
  const truth = (type: string, status: boolean, reason: string, message: string): ConditionUpdate => ({
    type,
    status: status ? 'True' : 'False',
    reason,
    message,
  });
  const stock = `${ready} of ${desired} containers ready`;
  const trouble = refusal ?? (refill.paused ? undefined : heldBack);
  return [
    truth('Available', ready >= desired, ready >= desired ? 'Stocked' : 'Refilling', stock),
    truth(
      'Progressing',
      create + starting > 0,
      create + starting > 0 ? 'Refilling' : refill.paused ? 'Paused' : 'Idle',
      `${starting} starting, ${failing} failing`,
    ),
    truth('Exhausted', desired > 0 && ready === 0, desired > 0 && ready === 0 ? 'StockEmpty' : 'InStock', stock),
    truth(
      'Degraded',
      trouble !== undefined,
      refusal !== undefined ? 'CreateRefused' : trouble !== undefined ? 'ContainersFail' : 'AsExpected',
      trouble ?? 'containers start as expected',
    ),
  ];
}
