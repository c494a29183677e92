import type { Autoscale, ContainerPool, SizingStatus } from '../../api/container-pool.js';
import type { Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isDeliverable } from '../../line/index.js';
import type { BackgroundCalls, Context, HttpClient } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { type Duration, type Instant, instantOf, parseDuration } from '../../support/time.js';
import { DemandBook } from './book.js';
import { measureLead, steadyLead } from './lead-time.js';
import type { PoolMetrics } from './metrics.js';
import { RuleBook } from './rule-book.js';
import { sizeStock } from './size.js';
import { sizingStatus } from './told.js';
import { WebhookDesk } from './webhook.js';

export interface SizedPool {
  readonly sizing: SizingStatus;
  /** Whether demand asks for more than `max`. */
  readonly short: boolean;
  /** Why the pool's webhook is of no use, in a sentence. */
  readonly trouble: string | undefined;
  readonly wakeAt: Instant;
}

/** What was asked for, by whom, and when. */
export interface Demand {
  /** Of the claim or the replica: it counts once, however often it is told. */
  readonly uid: string;
  readonly at: Instant;
  readonly containers: number;
}

interface Entry {
  readonly book: DemandBook;
  readonly rules: RuleBook;
  readonly desk: WebhookDesk;
}

/** Knows the demand of each pool that sizes itself, and sizes it. */
export class Sizer {
  readonly #entries = new Map<Key, { readonly term: number; readonly uid: string; readonly opened: Promise<Entry> }>();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    private readonly metrics: PoolMetrics,
    private readonly http: HttpClient,
    private readonly calls: BackgroundCalls,
  ) {}

  async count(pool: ContainerPool, { uid, at, containers }: Demand, context: Context): Promise<void> {
    const { book } = await this.#entry(pool, context);
    if (book.count(uid, at, containers)) this.metrics.asked(nameOf(pool), containers);
  }

  /**
   * @param stock the containers in stock, on which the lead time is measured
   * @param said how it was sized last
   */
  async size(
    pool: ContainerPool & { readonly spec: { readonly autoscale: Autoscale } },
    stock: Iterable<Pod>,
    said: SizingStatus | undefined,
    context: Context,
  ): Promise<SizedPool> {
    const { book, rules, desk } = await this.#entry(pool, context);
    const { autoscale, replicas: start } = pool.spec;
    const now = this.clock.now();
    const pods = [...stock];
    const lead = leadOf(autoscale, pods, said);
    const { history } = book;
    const { webhook } = autoscale;
    const ready = pods.filter(isDeliverable).length;
    const asked = webhook && desk.look(webhook, { pool, autoscale, history, lead, ready }, context);
    const rule = webhook ? undefined : rules.ruleFor(history, now, lead, autoscale.hitRate);
    const before = said && { stock: said.stock, changedAt: instantOf(said.changedAt) ?? now };
    const size = sizeStock({ autoscale, start, history, rule, lead, before, now, ...(asked && { told: asked.told }) });
    this.metrics.sized(nameOf(pool), size.stock, lead);
    if (said && size.stock !== said.stock) {
      context.events.record(pool, 'Normal', size.stock > said.stock ? 'StockRaised' : 'StockLowered', size.message);
    }
    if (!(await book.save(this.cluster, pool, now, context))) this.forget(nameOf(pool));
    return {
      sizing: sizingStatus(said, size, lead, now),
      short: size.short,
      trouble: asked?.trouble,
      wakeAt: Math.min(size.wakeAt, asked?.wakeAt ?? Infinity),
    };
  }

  /** The pool is gone, or sizes itself no longer. */
  forget(pool: Ref): void {
    const known = this.#entries.get(keyOf(pool));
    if (!known) return;
    this.#entries.delete(keyOf(pool));
    this.calls.abandon(known.uid);
    this.metrics.forgotten(pool);
  }

  /** Read once per pool and term: another leader may have written since. */
  async #entry(pool: ContainerPool, context: Context): Promise<Entry> {
    const key = keyOf(nameOf(pool));
    const { uid } = pool.metadata;
    const known = this.#entries.get(key);
    if (known?.term === context.term && known.uid === uid) return known.opened;
    const opened = DemandBook.open(this.cluster, pool, this.clock.now(), context).then((book) => ({
      book,
      rules: new RuleBook(),
      desk: new WebhookDesk(this.http, this.clock, this.calls),
    }));
    this.#entries.set(key, { term: context.term, uid, opened });
    opened.catch(() => this.forget(nameOf(pool)));
    return opened;
  }
}

function leadOf(autoscale: Autoscale, stock: Iterable<Pod>, said: SizingStatus | undefined): Duration {
  const stated = parseDuration(autoscale.leadTime ?? '');
  return stated ?? steadyLead(measureLead(stock), parseDuration(said?.leadTime ?? ''));
}
