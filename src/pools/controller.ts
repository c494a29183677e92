import { ContainerPool, type TemplatedPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { Conflict, NotFound } from '../cluster/errors.js';
import {
  type CompiledLine,
  isHindrance,
  isNoLine,
  type LeavingNodes,
  type NoLine,
  type ReclaimWork,
  refusalsIn,
  soonestRetry,
  warnOfRefusals,
  type StageContext,
  type Verdict,
} from '../line/index.js';
import { again, type Cache, type Context, done, type Reconciler, type Result, writeStatus } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { canonicalJson } from '../support/digest.js';
import { type Duration, type Instant, second } from '../support/time.js';
import type { Leaving } from './audit.js';
import { indexes } from './indexes.js';
import { planQuarantined, type QuarantinedPlan } from './plan-quarantined.js';
import { planReturned, type ReturnedPlan } from './plan-returned.js';
import { planStock, type StockPlan } from './plan-stock.js';
import { type PoolLines, Production } from './production.js';
import { Reminders } from './reminders.js';
import type { PoolMetrics, SizedPool, Sizer } from './sizing/index.js';
import { newestReady } from './sort-stock.js';
import { standStill } from './stand-still.js';
import { poolStatus, type PoolStatusView } from './status.js';
import { Templates } from './templates.js';

/** A busy pool's status is written at most so often: its counts change with every container. */
const statusPause: Duration = second;

/** Keeps pools stocked: makes what is missing, replaces what is unfit, and says how it stands. */
export class PoolController implements Reconciler {
  /** When each pool's status was last written by this process: only to pace the writes. */
  readonly #reported = new Map<Key, Instant>();
  readonly #templates: Templates;
  readonly #production: Production;
  readonly #reminders = new Reminders();

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly lines: PoolLines,
    private readonly sizer: Sizer,
    private readonly metrics: PoolMetrics,
    /** How many containers claims wait for: a stock that is sized for less would never serve them. */
    private readonly lacking: (pool: Key) => number,
    private readonly leaving: Pick<LeavingNodes, 'reasons'>,
  ) {
    this.#templates = new Templates(cluster, cache, clock);
    this.#production = new Production(lines, clock);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    const key = keyOf(ref);
    const stock = this.cache.byIndex(Pod, indexes.stock, key);
    const pool = this.cache.get(ContainerPool, key);
    if (!pool || pool.metadata.deletionTimestamp !== undefined) return this.#close(ref, this.#undelivered(key), stage);
    const sized = await this.#size(pool, stock.values(), context);
    const wanted = sized ? withStock(pool, sized.sizing.stock + this.lacking(key)) : pool;
    const line = this.lines.book.of(pool);
    const found = isNoLine(line) ? line : this.#templates.makeable(wanted);
    const renewal = isHindrance(found) ? undefined : await this.#templates.renew(found, stage);
    const made = renewal?.made ?? found;
    const now = this.clock.now();
    const isRefused = this.#isRefused;
    const stuck = [...stock.values()].filter((pod) => isRefused(pod) && this.#isLost(pod));
    const present = [...stock.values()].filter((pod) => !stuck.includes(pod));
    const plan = this.#known(
      isHindrance(made)
        ? standStill(made, present)
        : planStock(made, present, now, {
            leavingNodes: this.leaving.reasons,
            lastSuccess: newestReady(made, this.#delivered(key)),
            template: renewal?.phase === 'Proven' || renewal?.phase === 'RolledBack' ? 'proven' : 'unproven',
            isRefused,
          }),
      stuck,
    );
    this.#forgive(stock.values(), plan);
    const back = this.cache.byIndex(Pod, indexes.returned, key);
    const remindedBy = this.#reminders.see(key, back.values(), now);
    const returned = isHindrance(made) ? undefined : planReturned(made, back.values(), now, remindedBy);
    const aside = this.#quarantined(key, line);
    const cleaning = isHindrance(made) || !returned ? [] : inCleaning(made, returned);
    const leaving = [...(returned?.retire ?? []), ...(aside?.retire ?? []), ...cleaning];
    const retired = await this.#retire(pool, plan.retire, stage);
    const reclaimed = await this.#reclaim(pool, leaving, stage);
    const produced =
      isHindrance(made) || isNoLine(line)
        ? undefined
        : await this.#production.produce(made, line, plan, aside?.count ?? 0, stage);
    const trouble = isHindrance(made) ? made : produced?.trouble;
    const refusals = [...refusalsIn([...retired, ...reclaimed]), ...(produced?.refusals ?? [])];
    warnOfRefusals(pool, refusals, context);
    const view = {
      pool: isHindrance(found) ? wanted : found,
      plan,
      renewal,
      sized,
      returned: returned?.count ?? 0,
      quarantined: (aside?.count ?? 0) + (produced?.aside ?? 0),
      trouble,
      refusals,
    };
    const reported = await this.#report(view, stage);
    const retryAt = trouble && this.#production.retryAt(key);
    const wakeUps = [plan.wakeAt, returned?.wakeAt, aside?.wakeAt, sized?.wakeAt, renewal?.wakeAt, retryAt];
    return this.#next(wakeUps, reported, soonestRetry([...retired, ...reclaimed, ...(produced?.verdicts ?? [])]));
  }

  #delivered(key: Key): Iterable<Pod> {
    return this.cache.byIndex(Pod, indexes.delivered, key).values();
  }

  /** Retires stock, and says why where it had worked until then. */
  async #retire(
    pool: ContainerPool,
    leaving: readonly Leaving[],
    context: StageContext,
  ): Promise<readonly Verdict<unknown>[]> {
    const verdicts = await this.#reclaim(pool, leaving, context);
    const sentences = new Map<string, number>();
    for (const [index, { verdict }] of verdicts.entries()) {
      const one = leaving[index];
      if (verdict !== 'pass' || !one) continue;
      this.metrics.retired(nameOf(pool), one.cause);
      if (audited.has(one.cause)) sentences.set(one.why, 1 + (sentences.get(one.why) ?? 0));
    }
    for (const [why, count] of sentences)
      context.events.record(
        pool,
        'Normal',
        'StockReplaced',
        `${count === 1 ? 'a container' : `${count} containers`} in stock had to go: ${why}`,
      );
    return verdicts;
  }

  /** Containers that were begun by a version of their line which is not remembered go: nobody knows what is left to be done. */
  #known(plan: StockPlan, stuck: readonly Pod[]): StockPlan {
    const lost = [...plan.produce.filter((pod) => this.#isLost(pod)), ...stuck];
    if (lost.length === 0) return plan;
    const why = 'it was begun by a version of its line that is not remembered any more';
    return {
      ...plan,
      produce: plan.produce.filter((pod) => !this.#isLost(pod)),
      retire: [...plan.retire, ...lost.map((pod): Leaving => ({ pod, cause: 'template', why }))],
    };
  }

  #isLost(pod: Pod): boolean {
    return this.lines.book.producing(pod) === undefined;
  }

  /** Whether the server refused to delete it when that was tried last. */
  readonly #isRefused = (pod: Pod): boolean => this.lines.reclaim.isRefused(pod);

  /** What was to go and is wanted again is stock as before. */
  #forgive(stock: Iterable<Pod>, { retire }: StockPlan): void {
    const leaving = new Set(retire.map(({ pod }) => pod));
    for (const pod of stock) if (!leaving.has(pod)) this.lines.reclaim.forget(pod);
  }

  #reclaim(pool: ContainerPool | undefined, works: readonly ReclaimWork[], context: StageContext) {
    return this.lines.reclaim.runAll(works, context, {
      chainOf: (work) => this.lines.book.reclaiming(pool, work),
    });
  }

  /** What is kept aside; for ever while nobody can say for how long. */
  #quarantined(key: Key, line: CompiledLine | NoLine): QuarantinedPlan | undefined {
    if (isNoLine(line)) return undefined;
    return planQuarantined(
      this.cache.byIndex(Pod, indexes.quarantined, key).values(),
      line.quarantine,
      this.clock.now(),
    );
  }

  /** For a pool that sizes itself: how large its stock is to be. */
  async #size(pool: ContainerPool, stock: Iterable<Pod>, context: Context): Promise<SizedPool | undefined> {
    const { autoscale } = pool.spec;
    if (!autoscale) this.sizer.forget(nameOf(pool));
    return autoscale && this.sizer.size({ ...pool, spec: { ...pool.spec, autoscale } }, stock, context);
  }

  #undelivered(key: Key): readonly Pod[] {
    return [indexes.stock, indexes.returned, indexes.quarantined].flatMap((index) => [
      ...this.cache.byIndex(Pod, index, key).values(),
    ]);
  }

  /** The stock of a pool that is gone goes too; what was delivered is its claims'. Asks the server first. */
  async #close(ref: Ref, stock: readonly Pod[], context: StageContext): Promise<Result> {
    this.#reported.delete(keyOf(ref));
    this.#production.forget(keyOf(ref));
    this.#templates.forget(ref);
    this.sizer.forget(ref);
    if (stock.length === 0) return done;
    const live = await this.#live(ref, context);
    if (live && live.metadata.deletionTimestamp === undefined) return again(second);
    const works = stock.map((pod) => ({ pod, why: 'its pool was deleted' }));
    const postponed = soonestRetry(await this.#reclaim(live, works, context));
    return postponed === undefined ? done : again(postponed);
  }

  /** The pool as the server has it: the cache knows it then, too. */
  #live(ref: Ref, { signal }: StageContext): Promise<ContainerPool | undefined> {
    return this.cluster.get(ContainerPool, ref, { signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
  }

  /** Whether the status is as it should be now; false when the write has to wait. */
  async #report(
    view: Pick<
      PoolStatusView,
      'pool' | 'plan' | 'renewal' | 'sized' | 'returned' | 'quarantined' | 'trouble' | 'refusals'
    >,
    context: StageContext,
  ): Promise<boolean> {
    const { pool } = view;
    const key = keyOf(nameOf(pool));
    const now = this.clock.now();
    const status = poolStatus({ ...view, delivered: this.#delivered(key), missed: this.#templates.missed(pool), now });
    if (canonicalJson(status) === canonicalJson(pool.status ?? {})) return true;
    if (now - (this.#reported.get(key) ?? -Infinity) < statusPause) return false;
    this.#reported.set(key, now);
    try {
      await writeStatus(this.cluster, ContainerPool, pool, status, { signal: context.signal });
    } catch (error) {
      // until the cache knows of another pool of this name, stock would be made for one that is gone, and be deleted
      if (error instanceof Conflict) await this.#live(nameOf(pool), context);
      throw error;
    }
    return true;
  }

  #next(wakeUps: readonly (Instant | undefined)[], reported: boolean, postponed: Duration | undefined): Result {
    const waits = [
      ...wakeUps.map((at) => (at === undefined ? undefined : Math.max(0, at - this.clock.now()))),
      reported ? undefined : statusPause,
      postponed,
    ].filter((wait) => wait !== undefined);
    return waits.length === 0 ? done : again(Math.min(...waits));
  }
}

/** Causes of which people are told: others follow from what they themselves have set, or are in the pool's conditions. */
const audited: ReadonlySet<Leaving['cause']> = new Set(['expired', 'unhealthy', 'restarts', 'node']);

/** Containers that came back, one step further towards the next claim of their tenant. */
const inCleaning = (pool: TemplatedPool, { remind, resize, restock }: ReturnedPlan): readonly ReclaimWork[] =>
  [...remind, ...resize, ...restock].map((pod) => ({ pod, why: 'it could not be cleaned', cleaning: pool }));

/** The pool as if its user had asked for so many containers; at most what it may have. */
const withStock = (pool: ContainerPool, stock: number): ContainerPool => ({
  ...pool,
  spec: { ...pool.spec, replicas: Math.min(stock, pool.spec.autoscale?.max ?? stock) },
});
