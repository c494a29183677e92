import type { ContainerPool, TemplatedPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { type Hindrance, isHindrance, isNoLine, type Lines, templateFingerprint } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import type { Instant } from '../support/time.js';
import type { Leaving } from './audit.js';
import { indexes } from './indexes.js';
import { planQuarantined, type QuarantinedPlan } from './plan-quarantined.js';
import type { RenewalPlan } from './plan-renewal.js';
import { planReturned, type ReturnedPlan } from './plan-returned.js';
import { planStock, type StockPlan } from './plan-stock.js';
import type { Reminders } from './reminders.js';
import { standStill } from './stand-still.js';
import { lostWhy } from './standing.js';
import type { StockCache, StockWitnesses } from './stock-cache.js';

export interface PoolPlan {
  readonly stock: StockPlan;
  /** Of what came back from claims; `undefined` while the pool has no template. */
  readonly returned: ReturnedPlan | undefined;
  /** Of what is kept aside; `undefined` while nobody can say for how long. */
  readonly aside: QuarantinedPlan | undefined;
}

export interface PlannerParts {
  readonly cache: Cache;
  readonly book: Lines;
  readonly stocks: StockCache;
  readonly witnesses: StockWitnesses;
  readonly reminders: Reminders;
}

/** What a pool needs, by all that the cache holds of it now: the same for who acts on it and for who reports it. */
export class Planner {
  constructor(private readonly parts: PlannerParts) {}

  /** @param made from what its containers are made now, or what keeps them from being made */
  plan(pool: ContainerPool, made: TemplatedPool | Hindrance, renewal: RenewalPlan | undefined, now: Instant): PoolPlan {
    const key = keyOf(nameOf(pool));
    const stock = isHindrance(made) ? this.#standStill(key, made) : this.#planStock(key, made, renewal, now);
    return {
      stock,
      returned: isHindrance(made) ? undefined : this.#returned(key, made, now),
      aside: this.#aside(key, pool, now),
    };
  }

  #planStock(key: Key, made: TemplatedPool, renewal: RenewalPlan | undefined, now: Instant): StockPlan {
    const { stocks, witnesses } = this.parts;
    const plan = planStock(made, stocks.stockOf(made, now), now, {
      lastSuccess: stocks.newestReady(key, templateFingerprint(made)),
      template: renewal?.phase === 'Proven' || renewal?.phase === 'RolledBack' ? 'proven' : 'unproven',
      isRefused: (pod) => witnesses.reclaim.isRefused(pod),
    });
    // nobody knows what is left to be done with those
    const lost = plan.produce.filter(witnesses.isLost);
    if (lost.length === 0) return plan;
    return {
      ...plan,
      produce: plan.produce.filter((pod) => !witnesses.isLost(pod)),
      retire: [...plan.retire, ...lost.map(asLost)],
    };
  }

  #standStill(key: Key, hindrance: Hindrance): StockPlan {
    const { reclaim, isLost } = this.parts.witnesses;
    const pods = [...this.parts.cache.byIndex(Pod, indexes.stock, key).values()];
    const stuck = pods.filter((pod) => reclaim.isRefused(pod) && isLost(pod));
    const plan = standStill(
      hindrance,
      pods.filter((pod) => !stuck.includes(pod)),
    );
    return { ...plan, retire: [...plan.retire, ...stuck.map(asLost)] };
  }

  #returned(key: Key, made: TemplatedPool, now: Instant): ReturnedPlan {
    const { cache, reminders } = this.parts;
    const back = cache.byIndex(Pod, indexes.returned, key);
    return planReturned(made, back.values(), now, reminders.see(key, back.values(), now));
  }

  #aside(key: Key, pool: ContainerPool, now: Instant): QuarantinedPlan | undefined {
    const { cache, book } = this.parts;
    const line = book.of(pool);
    if (isNoLine(line)) return undefined;
    return planQuarantined(cache.byIndex(Pod, indexes.quarantined, key).values(), line.quarantine, now);
  }
}

const asLost = (pod: Pod): Leaving => ({ pod, cause: 'template', why: lostWhy });
