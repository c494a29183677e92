import { ContainerPool, type ContainerPoolStatus } from '../api/container-pool.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict } from '../cluster/errors.js';
import { again, type Cache, type Context, done, type Reconciler, type Result, writeStatus } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { sameJson } from '../support/digest.js';
import { type Duration, type Instant, second } from '../support/time.js';
import type { Finding, Findings } from './findings.js';
import type { Planner } from './planner.js';
import { poolStatus } from './status.js';
import type { StockCache } from './stock-cache.js';
import type { Templates } from './templates.js';

/** A busy pool's status is written at most so often: its counts change with every container. */
const statusPause: Duration = second;

export interface PoolStatusParts {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly findings: Findings;
  readonly planner: Planner;
  readonly stocks: StockCache;
  readonly templates: Templates;
}

/** Says of each pool how it stands, by the cache as it is then: however long its refill takes, its status does not wait for it. */
export class PoolStatusController implements Reconciler {
  /** When each pool's status was last written by this process: only to pace the writes. */
  readonly #reported = new Map<Key, Instant>();

  constructor(private readonly parts: PoolStatusParts) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const { cache, clock, findings } = this.parts;
    const key = keyOf(ref);
    const pool = cache.get(ContainerPool, key);
    if (!pool || pool.metadata.deletionTimestamp !== undefined) {
      this.#reported.delete(key);
      return done;
    }
    const rest = (this.#reported.get(key) ?? -Infinity) + statusPause - clock.now();
    if (rest > 0) return again(rest);
    const finding = findings.of(pool, context.term);
    // its own reconcile rings when it knows more
    if (!finding) return done;
    const status = this.#statusOf(pool, finding);
    if (sameJson(status, pool.status ?? {})) return done;
    this.#reported.set(key, clock.now());
    await this.#write(pool, status, context);
    return done;
  }

  #statusOf(pool: ContainerPool, { made, renewal, ...finding }: Finding): ContainerPoolStatus {
    const { clock, planner, stocks, templates } = this.parts;
    const now = clock.now();
    const { stock, returned, aside } = planner.plan(pool, made, renewal, now);
    return poolStatus({
      ...finding,
      // its generation is that of the pool that was looked at; what it said until now is what it says now
      pool: { ...finding.pool, ...(pool.status && { status: pool.status }) },
      renewal,
      plan: stock,
      returned: returned?.count ?? 0,
      quarantined: aside?.count ?? 0,
      delivered: stocks.deliveredOf(keyOf(nameOf(pool))),
      missed: templates.missed(pool),
      now,
    });
  }

  async #write(pool: ContainerPool, status: ContainerPoolStatus, { signal }: Context): Promise<void> {
    const { cluster } = this.parts;
    try {
      await writeStatus(cluster, ContainerPool, pool, status, { signal });
    } catch (error) {
      // until the cache knows of another pool of this name, stock would be made for one that is gone, and be deleted
      if (error instanceof Conflict) await cluster.get(ContainerPool, nameOf(pool), { signal }).catch(() => undefined);
      throw error;
    }
  }
}
