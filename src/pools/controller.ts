import { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError, NotFound } from '../cluster/errors.js';
import { statusPatch } from '../cluster/patch.js';
import { type Line, type ProduceWork, type ReclaimWork, soonestRetry, type StageContext } from '../line/index.js';
import { again, type Cache, type Context, done, type Reconciler, type Result } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { canonicalJson } from '../support/digest.js';
import { type Duration, type Instant, second } from '../support/time.js';
import { indexes } from './indexes.js';
import { planStock, type StockPlan } from './plan-stock.js';
import { poolStatus } from './status.js';

/** A busy pool's status is written at most so often: its counts change with every container. */
const statusPause: Duration = second;
/** After the server refused a container (a quota, an invalid template), the next try comes after so long. */
const refusalPause: Duration = 10 * second;

export interface PoolLines {
  readonly produce: Line<ProduceWork>;
  readonly reclaim: Line<ReclaimWork>;
}

/** Keeps pools stocked: makes what is missing, replaces what is unfit, and says how it stands. */
export class PoolController implements Reconciler {
  /** When each pool's status was last written by this process: only to pace the writes. */
  readonly #reported = new Map<Key, Instant>();

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly lines: PoolLines,
  ) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    const key = keyOf(ref);
    const stock = this.cache.byIndex(Pod, indexes.stock, key);
    const pool = this.cache.get(ContainerPool, key);
    if (!pool || pool.metadata.deletionTimestamp !== undefined) return this.#close(ref, [...stock.values()], stage);
    const plan = planStock(pool, stock.values(), this.clock.now());
    const postponed = soonestRetry(await this.lines.reclaim.runAll(plan.retire, stage));
    const refusal = await this.#produce(pool, plan, stage);
    const reported = await this.#report(pool, plan, refusal, stage);
    return this.#next(plan, refusal, reported, postponed);
  }

  /** The stock of a pool that is gone goes too; what was delivered is its claims'. Asks the server first. */
  async #close(ref: Ref, stock: readonly Pod[], context: StageContext): Promise<Result> {
    this.#reported.delete(keyOf(ref));
    if (stock.length === 0) return done;
    const live = await this.cluster.get(ContainerPool, ref, { signal: context.signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    if (live && live.metadata.deletionTimestamp === undefined) return again(second);
    const verdicts = await this.lines.reclaim.runAll(
      stock.map((pod) => ({ pod, why: 'its pool was deleted' })),
      context,
    );
    const postponed = soonestRetry(verdicts);
    return postponed === undefined ? done : again(postponed);
  }

  /** Makes what the plan asks for. Returns the server's words when it refuses. */
  async #produce(pool: ContainerPool, plan: StockPlan, context: StageContext): Promise<string | undefined> {
    try {
      await this.lines.produce.runAll(
        Array.from({ length: plan.create }, () => ({ pool })),
        context,
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError) || error.outcome !== 'refused') throw error;
      context.events.record(pool, 'Warning', 'CreateRefused', error.message);
      return error.message;
    }
  }

  /** Whether the status is as it should be now; false when the write has to wait. */
  async #report(
    pool: ContainerPool,
    plan: StockPlan,
    refusal: string | undefined,
    context: StageContext,
  ): Promise<boolean> {
    const key = keyOf(nameOf(pool));
    const now = this.clock.now();
    const delivered = this.cache.byIndex(Pod, indexes.delivered, key).values();
    const status = poolStatus({ pool, plan, delivered, refusal, now });
    if (canonicalJson(status) === canonicalJson(pool.status ?? {})) return true;
    if (now - (this.#reported.get(key) ?? -Infinity) < statusPause) return false;
    this.#reported.set(key, now);
    await this.cluster.patch(ContainerPool, nameOf(pool), statusPatch(pool, status), {
      subresource: 'status',
      signal: context.signal,
    });
    return true;
  }

  #next(plan: StockPlan, refusal: string | undefined, reported: boolean, postponed: Duration | undefined): Result {
    const waits = [
      plan.wakeAt === undefined ? undefined : Math.max(0, plan.wakeAt - this.clock.now()),
      refusal === undefined ? undefined : refusalPause,
      reported ? undefined : statusPause,
      postponed,
    ].filter((wait) => wait !== undefined);
    return waits.length === 0 ? done : again(Math.min(...waits));
  }
}
