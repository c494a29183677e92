import { ContainerPool, type SizingStatus, type TemplatedPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { NotFound } from '../cluster/errors.js';
import {
  isHindrance,
  isNoLine,
  type ReclaimWork,
  refusalsIn,
  soonestRetry,
  type StageContext,
  type Verdict,
  warnOfRefusals,
} from '../line/index.js';
import { again, type Cache, type Context, done, type Reconciler, type Result } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { type Duration, type Instant, second } from '../support/time.js';
import type { Leaving } from './audit.js';
import type { Finding, Findings } from './findings.js';
import { indexes } from './indexes.js';
import type { ReturnedPlan } from './plan-returned.js';
import type { StockPlan } from './plan-stock.js';
import type { Planner } from './planner.js';
import { type PoolLines, Production } from './production.js';
import type { PoolMetrics, SizedPool, Sizer } from './sizing/index.js';
import type { StockCache } from './stock-cache.js';
import type { Templates } from './templates.js';

export interface PoolParts {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly lines: PoolLines;
  readonly sizer: Sizer;
  readonly metrics: PoolMetrics;
  /** How many containers claims wait for: a stock that is sized for less would never serve them. */
  readonly lacking: (pool: Key) => number;
  readonly stocks: StockCache;
  readonly planner: Planner;
  readonly templates: Templates;
  /** For what writes the status. */
  readonly findings: Findings;
}

/** Keeps pools stocked: makes what is missing, replaces what is unfit. */
export class PoolController implements Reconciler {
  readonly #production: Production;

  constructor(private readonly parts: PoolParts) {
    this.#production = new Production(parts.lines, parts.clock);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const { cluster, cache, clock, findings } = this.parts;
    const stage: StageContext = { ...context, cluster, clock };
    const key = keyOf(ref);
    const present = cache.get(ContainerPool, key);
    if (!present || present.metadata.deletionTimestamp !== undefined)
      return this.#close(ref, this.#undelivered(key), stage);
    const before = findings.of(present, context.term);
    const found = await this.#look(present, before, stage);
    findings.note({ ...found, trouble: before?.trouble, refusals: before?.refusals ?? [] }, context.term);
    const acted = await this.#act(present, found, stage);
    const { trouble, refusals } = acted;
    warnOfRefusals(present, refusals, context);
    findings.note({ ...found, trouble, refusals }, context.term);
    const retryAt = trouble && this.#production.retryAt(key);
    return this.#next([...acted.wakeUps, found.sized?.wakeAt, found.renewal?.wakeAt, retryAt], acted.postponed);
  }

  /** How large the pool is to be, and from what its containers are to be made. */
  async #look(pool: ContainerPool, before: Finding | undefined, context: StageContext): Promise<Look> {
    const { cache, lines, templates, lacking } = this.parts;
    const key = keyOf(nameOf(pool));
    const said = before?.sized?.sizing ?? pool.status?.sizing;
    const sized = await this.#size(pool, cache.byIndex(Pod, indexes.stock, key).values(), said, context);
    const wanted = sized ? withStock(pool, sized.sizing.stock + lacking(key)) : pool;
    const line = lines.book.of(pool);
    const found = isNoLine(line) ? line : templates.makeable(wanted);
    const renewal = isHindrance(found)
      ? undefined
      : await templates.renew(found, before?.renewal?.status ?? pool.status?.renewal, context);
    return { pool: isHindrance(found) ? wanted : found, made: renewal?.made ?? found, renewal, sized };
  }

  /** Does what the pool needs now. */
  async #act(pool: ContainerPool, { made, renewal }: Look, context: StageContext): Promise<Acted> {
    const { clock, lines, planner } = this.parts;
    const { stock, returned, aside } = planner.plan(pool, made, renewal, clock.now());
    this.#forgive(keyOf(nameOf(pool)), stock);
    const line = lines.book.of(pool);
    const cleaning = isHindrance(made) || !returned ? [] : inCleaning(made, returned);
    const retired = await this.#retire(pool, stock.retire, context);
    const leaving = [...(returned?.retire ?? []), ...(aside?.retire ?? []), ...cleaning];
    const reclaimed = await this.#reclaim(pool, leaving, context);
    const produced =
      isHindrance(made) || isNoLine(line)
        ? undefined
        : await this.#production.produce(made, line, stock, aside?.count ?? 0, context);
    return {
      trouble: isHindrance(made) ? made : produced?.trouble,
      refusals: [...refusalsIn([...retired, ...reclaimed]), ...(produced?.refusals ?? [])],
      wakeUps: [stock.wakeAt, returned?.wakeAt, aside?.wakeAt],
      postponed: soonestRetry([...retired, ...reclaimed, ...(produced?.verdicts ?? [])]),
    };
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
      this.parts.metrics.retired(nameOf(pool), one.cause);
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

  /** What was to go and is wanted again is stock as before. */
  #forgive(pool: Key, { retire }: StockPlan): void {
    const { reclaim } = this.parts.lines;
    const stock = this.parts.cache.byIndex(Pod, indexes.stock, pool);
    const leaving = new Set(retire.map(({ pod }) => pod));
    for (const key of reclaim.refusedOf(pool)) {
      const pod = stock.get(key);
      if (pod && !leaving.has(pod)) reclaim.forget(pod);
    }
  }

  #reclaim(pool: ContainerPool | undefined, works: readonly ReclaimWork[], context: StageContext) {
    return this.parts.lines.reclaim.runAll(works, context, {
      chainOf: (work) => this.parts.lines.book.reclaiming(pool, work),
    });
  }

  /** For a pool that sizes itself: how large its stock is to be. */
  async #size(
    pool: ContainerPool,
    stock: Iterable<Pod>,
    said: SizingStatus | undefined,
    context: Context,
  ): Promise<SizedPool | undefined> {
    const { sizer } = this.parts;
    const { autoscale } = pool.spec;
    if (!autoscale) sizer.forget(nameOf(pool));
    return autoscale && sizer.size({ ...pool, spec: { ...pool.spec, autoscale } }, stock, said, context);
  }

  #undelivered(key: Key): readonly Pod[] {
    return [indexes.stock, indexes.returned, indexes.quarantined].flatMap((index) => [
      ...this.parts.cache.byIndex(Pod, index, key).values(),
    ]);
  }

  /** The stock of a pool that is gone goes too; what was delivered is its claims'. Asks the server first. */
  async #close(ref: Ref, stock: readonly Pod[], context: StageContext): Promise<Result> {
    const { findings, stocks, templates, sizer } = this.parts;
    const key = keyOf(ref);
    findings.forget(key);
    stocks.forget(key);
    templates.forget(ref);
    sizer.forget(ref);
    this.#production.forget(key);
    if (stock.length === 0) return done;
    const live = await this.#live(ref, context);
    if (live && live.metadata.deletionTimestamp === undefined) return again(second);
    const works = stock.map((pod) => ({ pod, why: 'its pool was deleted' }));
    const postponed = soonestRetry(await this.#reclaim(live, works, context));
    return postponed === undefined ? done : again(postponed);
  }

  /** The pool as the server has it: the cache knows it then, too. */
  #live(ref: Ref, { signal }: StageContext): Promise<ContainerPool | undefined> {
    return this.parts.cluster.get(ContainerPool, ref, { signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
  }

  #next(wakeUps: readonly (Instant | undefined)[], postponed: Duration | undefined): Result {
    const now = this.parts.clock.now();
    const waits = [...wakeUps.map((at) => (at === undefined ? undefined : Math.max(0, at - now))), postponed].filter(
      (wait) => wait !== undefined,
    );
    return waits.length === 0 ? done : again(Math.min(...waits));
  }
}

type Look = Pick<Finding, 'pool' | 'made' | 'renewal' | 'sized'>;

/** What came of a reconcile. */
interface Acted extends Pick<Finding, 'trouble' | 'refusals'> {
  /** When time alone makes something due. */
  readonly wakeUps: readonly (Instant | undefined)[];
  /** After how long to try again what could not be done. */
  readonly postponed: Duration | undefined;
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
