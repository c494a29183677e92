import { ContainerPool, isTemplated, type TemplatedPool } from '../api/container-pool.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { ApiError, NotFound } from '../cluster/errors.js';
import {
  type CompiledLine,
  type Hindrance,
  isHindrance,
  isNoLine,
  latchObjection,
  type Line,
  type Lines,
  type NoLine,
  type ProduceWork,
  type QuarantineWork,
  type ReclaimWork,
  soonestRetry,
  type StageContext,
  templateFor,
  type Verdict,
  workloadIndexes,
} from '../line/index.js';
import {
  again,
  backOffDelay,
  type Cache,
  type Context,
  done,
  type Reconciler,
  type Result,
  writeStatus,
} from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { canonicalJson } from '../support/digest.js';
import { type Duration, type Instant, minute, second } from '../support/time.js';
import type { Leaving } from './audit.js';
import { CordonedNodes, nodesFresh } from './cordoned-nodes.js';
import { indexes } from './indexes.js';
import { planQuarantined, type QuarantinedPlan, roomFor } from './plan-quarantined.js';
import { planRenewal, type RenewalPlan } from './plan-renewal.js';
import { planReturned, type ReturnedPlan } from './plan-returned.js';
import { Reminders } from './reminders.js';
import { planStock, type StockPlan } from './plan-stock.js';
import { Revisions } from './revisions.js';
import type { PoolMetrics, SizedPool, Sizer } from './sizing/index.js';
import { newestReady } from './sort-stock.js';
import { standStill } from './stand-still.js';
import { coldReplicas, poolStatus, type PoolStatusView, type Trouble } from './status.js';

/** A busy pool's status is written at most so often: its counts change with every container. */
const statusPause: Duration = second;
/** After the server refused a container (a quota, an invalid template), the next try comes after so long. */
const refusalPause: Duration = 10 * second;
/** Nodes are cordoned without a word to the pools whose stock is on them. */
const nodesPause: Duration = 1.5 * nodesFresh;
/** After a container failed in a stage; it doubles while the next ones fail too. */
const failurePause = { base: 10 * second, max: 5 * minute };

interface Refusal {
  readonly trouble: Trouble;
  /** The version of pool and line that was refused: a changed one is tried at once. */
  readonly version: string;
  readonly until: Instant;
  /** How often in a row containers have failed in a stage; 0: it was the server that refused. */
  readonly failures: number;
}

export interface PoolLines {
  readonly produce: Line<ProduceWork>;
  readonly reclaim: Line<ReclaimWork>;
  readonly quarantine: Line<QuarantineWork>;
  /** By which stages. */
  readonly book: Lines;
}

/** Keeps pools stocked: makes what is missing, replaces what is unfit, and says how it stands. */
export class PoolController implements Reconciler {
  /** When each pool's status was last written by this process: only to pace the writes. */
  readonly #reported = new Map<Key, Instant>();
  /** What the server refused to this process: each delivery makes a pool look at its stock, and need not ask in vain. */
  readonly #refused = new Map<Key, Refusal>();
  readonly #nodes: CordonedNodes;
  readonly #revisions: Revisions;
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
  ) {
    this.#nodes = new CordonedNodes(cluster, clock);
    this.#revisions = new Revisions(cluster);
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
    const found = isNoLine(line) ? line : this.#makeable(wanted);
    const renewal = isHindrance(found) ? undefined : await this.#renew(found, stage);
    const made = renewal?.made ?? found;
    const cordoned = await this.#nodes.read(context.signal);
    const now = this.clock.now();
    const plan = this.#known(
      isHindrance(made)
        ? standStill(made, stock.values())
        : planStock(made, stock.values(), now, {
            cordoned,
            lastSuccess: newestReady(made, this.#delivered(key)),
            template: renewal?.phase === 'Proven' || renewal?.phase === 'RolledBack' ? 'proven' : 'unproven',
          }),
    );
    const back = this.cache.byIndex(Pod, indexes.returned, key);
    const remindedBy = this.#reminders.see(key, back.values(), now);
    const returned = isHindrance(made) ? undefined : planReturned(made, back.values(), now, remindedBy);
    const aside = this.#quarantined(key, line);
    const cleaning = isHindrance(made) || !returned ? [] : inCleaning(made, returned);
    const leaving = [...(returned?.retire ?? []), ...(aside?.retire ?? []), ...cleaning];
    const retired = await this.#retire(pool, plan.retire, stage);
    const reclaimed = await this.#reclaim(pool, leaving, stage);
    const produced =
      isHindrance(made) || isNoLine(line) ? undefined : await this.#produce(made, line, plan, aside?.count ?? 0, stage);
    const trouble = isHindrance(made) ? made : produced?.trouble;
    const view = {
      pool: isHindrance(found) ? wanted : found,
      plan,
      renewal,
      sized,
      returned: returned?.count ?? 0,
      quarantined: (aside?.count ?? 0) + (produced?.aside ?? 0),
      trouble,
    };
    const reported = await this.#report(view, stage);
    const retryAt = trouble && this.#retryAt(key);
    const lookAt = stock.size > 0 ? now + nodesPause : undefined;
    const wakeUps = [plan.wakeAt, returned?.wakeAt, aside?.wakeAt, sized?.wakeAt, renewal?.wakeAt, retryAt, lookAt];
    return this.#next(wakeUps, reported, soonestRetry([...retired, ...reclaimed, ...(produced?.verdicts ?? [])]));
  }

  /** From which template stock is made now. What has worked is written down where the pool may go back to it. */
  async #renew(pool: TemplatedPool, context: StageContext): Promise<RenewalPlan> {
    const key = keyOf(nameOf(pool));
    const pods = [this.cache.byIndex(Pod, indexes.stock, key).values(), this.#delivered(key)];
    const template = pods.some((some) => newestReady(pool, some) !== undefined) ? 'ready' : 'not ready';
    const view = { pool, said: pool.status?.renewal, template, lastGood: undefined, now: this.clock.now() } as const;
    const plan = planRenewal(view);
    if (pool.spec.renewal.onFailure !== 'RollBack') this.#revisions.forget(nameOf(pool));
    else if (plan.phase === 'Proven') await this.#revisions.keep(pool, context);
    else if (plan.phase === 'Overdue')
      return planRenewal({ ...view, lastGood: await this.#revisions.lastGood(pool, context) });
    return plan;
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

  /** When to look whether what is in the way still is. A time that is past says nothing: what was refused then was another thing. */
  #retryAt(key: Key): Instant {
    const now = this.clock.now();
    const until = this.#refused.get(key)?.until;
    return until !== undefined && until > now ? until : now + refusalPause;
  }

  /** Containers that were begun by a version of their line which is not remembered go: nobody knows what is left to be done. */
  #known(plan: StockPlan): StockPlan {
    const isKnown = (pod: Pod) => this.lines.book.producing(pod) !== undefined;
    const lost = plan.produce.filter((pod) => !isKnown(pod));
    if (lost.length === 0) return plan;
    const why = 'it was begun by a version of its line that is not remembered any more';
    return {
      ...plan,
      produce: plan.produce.filter(isKnown),
      retire: [...plan.retire, ...lost.map((pod): Leaving => ({ pod, cause: 'template', why }))],
    };
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

  /** What the pool's containers are made from, or what keeps them from being made. */
  #makeable(pool: ContainerPool): TemplatedPool | Hindrance {
    if (!isTemplated(pool)) return this.#templated(pool);
    const objection = latchObjection(pool);
    return objection === undefined ? pool : { reason: 'LatchUnfit', message: objection };
  }

  #undelivered(key: Key): readonly Pod[] {
    return [indexes.stock, indexes.returned, indexes.quarantined].flatMap((index) => [
      ...this.cache.byIndex(Pod, index, key).values(),
    ]);
  }

  /** A pool for a Deployment, with the template of the newest ReplicaSet. */
  #templated(pool: ContainerPool): TemplatedPool | Hindrance {
    const deployment = this.#deploymentOf(pool);
    return templateFor(pool, deployment, deployment ? this.#replicaSetsOf(deployment) : []);
  }

  #deploymentOf({ metadata: { namespace }, spec: { fromDeployment } }: ContainerPool): Deployment | undefined {
    return fromDeployment && this.cache.get(Deployment, `${namespace}/${fromDeployment.name}`);
  }

  #replicaSetsOf({ metadata: { uid } }: Deployment): readonly ReplicaSet[] {
    return [...this.cache.byIndex(ReplicaSet, workloadIndexes.replicaSets, uid).values()];
  }

  /** Replicas that started cold although there was a pool for them. */
  #missed(pool: ContainerPool): number {
    const deployment = this.#deploymentOf(pool);
    if (!deployment) return 0;
    const pods = this.#replicaSetsOf(deployment).flatMap(({ metadata: { uid } }) => [
      ...this.cache.byIndex(Pod, workloadIndexes.replicas, uid).values(),
    ]);
    return coldReplicas(pool, pods);
  }

  /** The stock of a pool that is gone goes too; what was delivered is its claims'. Asks the server first. */
  async #close(ref: Ref, stock: readonly Pod[], context: StageContext): Promise<Result> {
    this.#reported.delete(keyOf(ref));
    this.#refused.delete(keyOf(ref));
    this.#revisions.forget(ref);
    this.sizer.forget(ref);
    if (stock.length === 0) return done;
    const live = await this.cluster.get(ContainerPool, ref, { signal: context.signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    if (live && live.metadata.deletionTimestamp === undefined) return again(second);
    const works = stock.map((pod) => ({ pod, why: 'its pool was deleted' }));
    const verdicts = await this.lines.reclaim.runAll(works, context, {
      chainOf: (work) => this.lines.book.reclaiming(live, work),
    });
    const postponed = soonestRetry(verdicts);
    return postponed === undefined ? done : again(postponed);
  }

  /** Makes what the plan asks for, and takes what is being made further. */
  async #produce(
    pool: TemplatedPool,
    line: CompiledLine,
    plan: StockPlan,
    present: number,
    context: StageContext,
  ): Promise<Produced> {
    const key = keyOf(nameOf(pool));
    const version = `${pool.metadata.generation}/${line.version}`;
    const refused = this.#refused.get(key)?.version === version ? this.#refused.get(key) : undefined;
    const waits = refused !== undefined && this.clock.now() < refused.until;
    if (!waits && !refused?.failures) this.#refused.delete(key);
    const create = waits ? 0 : refused?.failures ? probes(plan) : plan.create;
    if (create === 0 && plan.produce.length === 0) return { trouble: troubleOf(refused, plan), verdicts: [], aside: 0 };
    const works = [
      ...plan.produce.map((pod): ProduceWork => ({ pool, pod })),
      ...Array.from({ length: create }, (): ProduceWork => ({ pool })),
    ];
    try {
      const verdicts = await this.lines.produce.runAll(works, context, {
        chainOf: ({ pod }) => (pod && this.lines.book.producing(pod)) ?? line.produce,
      });
      const { aside, trouble } = await this.#dealWith(pool, line, verdicts, present, context);
      if (trouble) {
        const failures = (refused?.failures ?? 0) + 1;
        const until = this.clock.now() + backOffDelay(failures, failurePause);
        this.#refused.set(key, { trouble, version, until, failures });
      } else if (plan.produce.length > 0 && verdicts.some(({ verdict }) => verdict === 'pass'))
        this.#refused.delete(key);
      return { trouble: trouble ?? troubleOf(this.#refused.get(key), plan), verdicts, aside };
    } catch (error) {
      if (!(error instanceof ApiError) || error.outcome !== 'refused') throw error;
      context.events.record(pool, 'Warning', 'CreateRefused', error.message);
      const trouble = { reason: 'CreateRefused', message: error.message };
      this.#refused.set(key, { trouble, version, until: this.clock.now() + refusalPause, failures: 0 });
      return { trouble, verdicts: [], aside: 0 };
    }
  }

  /** Containers that failed in a stage go, or are put aside. */
  async #dealWith(
    pool: ContainerPool,
    line: CompiledLine,
    verdicts: readonly Verdict<ProduceWork>[],
    present: number,
    context: StageContext,
  ): Promise<{ readonly aside: number; readonly trouble?: Trouble }> {
    const failures = verdicts.flatMap((one) => (one.verdict === 'fail' ? [one] : []));
    const [first] = failures;
    if (!first) return { aside: 0 };
    const spoilt = failures.flatMap(({ work: { pod }, why, consequence }) => (pod ? [{ pod, why, consequence }] : []));
    const suspicious = spoilt.filter(({ consequence }) => consequence === 'quarantine');
    const { aside, away } = roomFor(suspicious, present, line.quarantine);
    await this.lines.quarantine.runAll(
      aside.map(({ pod, why }) => ({ pod, pool, why })),
      context,
    );
    const others = spoilt.filter(({ consequence }) => consequence !== 'quarantine');
    await this.#reclaim(pool, [...others, ...away], context);
    const message = `${failures.length === 1 ? 'a container' : `${failures.length} containers`} failed on the way into stock: ${first.why}`;
    context.events.record(pool, 'Warning', 'StageFailed', message);
    return { aside: aside.length, trouble: { reason: 'StageFailed', message } };
  }

  /** Whether the status is as it should be now; false when the write has to wait. */
  async #report(
    view: Pick<PoolStatusView, 'pool' | 'plan' | 'renewal' | 'sized' | 'returned' | 'quarantined' | 'trouble'>,
    context: StageContext,
  ): Promise<boolean> {
    const { pool } = view;
    const key = keyOf(nameOf(pool));
    const now = this.clock.now();
    const status = poolStatus({ ...view, delivered: this.#delivered(key), missed: this.#missed(pool), now });
    if (canonicalJson(status) === canonicalJson(pool.status ?? {})) return true;
    if (now - (this.#reported.get(key) ?? -Infinity) < statusPause) return false;
    this.#reported.set(key, now);
    await writeStatus(this.cluster, ContainerPool, pool, status, { signal: context.signal });
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

interface Produced {
  readonly trouble: Trouble | undefined;
  readonly verdicts: readonly Verdict<ProduceWork>[];
  /** How many were put aside. */
  readonly aside: number;
}

/** While containers fail in a stage, one at a time is tried. */
const probes = ({ create, counts }: StockPlan): number => (counts.starting > 0 ? 0 : Math.min(1, create));

/** What still stands in the way: of a full stock, nothing. */
const troubleOf = (refused: Refusal | undefined, { create, produce }: StockPlan): Trouble | undefined =>
  refused && (create > 0 || produce.length > 0 || refused.failures > 0) ? refused.trouble : undefined;

/** Containers that came back, one step further towards the next claim of their tenant. */
const inCleaning = (pool: TemplatedPool, { remind, resize, restock }: ReturnedPlan): readonly ReclaimWork[] =>
  [...remind, ...resize, ...restock].map((pod) => ({ pod, why: 'it could not be cleaned', cleaning: pool }));

/** The pool as if its user had asked for so many containers; at most what it may have. */
const withStock = (pool: ContainerPool, stock: number): ContainerPool => ({
  ...pool,
  spec: { ...pool.spec, replicas: Math.min(stock, pool.spec.autoscale?.max ?? stock) },
});
