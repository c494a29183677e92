/**
 * How much of its pools a tenant has: dominant resource fairness (Ghodsi, Zaharia, Hindman, Konwinski, Shenker, Stoica:
 * Dominant Resource Fairness, NSDI 2011), with weights.
 */
import { ownOrder, type Standing } from './order.js';

/** Containers, and what they ask their nodes for (thousandths). */
export interface Use {
  readonly containers: number;
  readonly cpu: number;
  readonly memory: number;
}

export const nothing: Use = { containers: 0, cpu: 0, memory: 0 };

export const plus = (a: Use, b: Use, times = 1): Use => ({
  containers: a.containers + b.containers * times,
  cpu: a.cpu + b.cpu * times,
  memory: a.memory + b.memory * times,
});

const resources = ['containers', 'cpu', 'memory'] as const;

/**
 * The dominant share: max over r of used_r / total_r, divided by the weight. total_r: what all containers of the pool come
 * to, in stock or delivered. A resource that none of them asks for does not count.
 */
export function dominantShare(used: Use, total: Use, weight: number): number {
  let share = 0;
  for (const resource of resources) if (total[resource] > 0) share = Math.max(share, used[resource] / total[resource]);
  return share / weight;
}

/** What one claim holds of one pool. */
export interface Holding extends Standing {
  readonly pool: number;
  readonly use: Use;
}

/**
 * What a tenant's claims hold, for each of its waiting claims in turn. What comes after a claim in the tenant's own order
 * does not count against it: a small claim that is served while a large one waits must not cost the large one its place.
 */
export class Held {
  readonly #holdings: readonly Holding[];
  readonly #used = new Map<number, Use>();
  #next = 0;

  constructor(holdings: readonly Holding[]) {
    this.#holdings = [...holdings].sort(ownOrder);
  }

  /** For claims that come in their tenant's own order. */
  advanceTo(claim: Standing): void {
    for (let next = this.#holdings[this.#next]; next && ownOrder(next, claim) <= 0; next = this.#holdings[this.#next]) {
      this.#used.set(next.pool, plus(this.#used.get(next.pool) ?? nothing, next.use));
      this.#next++;
    }
  }

  of(pool: number): Use {
    return this.#used.get(pool) ?? nothing;
  }
}
