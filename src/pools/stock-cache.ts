import type { TemplatedPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { type LeavingNodes, type Line, poolKeyOf, type ReclaimWork } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import type { Instant } from '../support/time.js';
import { DeliveredPods } from './delivered-pods.js';
import { indexes } from './indexes.js';
import { ReadyPods } from './ready-pods.js';
import { rulesOf, sameRules, type StockRules } from './rules.js';
import { type SortedStock, sortStock } from './sorted-stock.js';
import type { StockFacts } from './standing.js';

/** Who knows of containers what does not stand in them. */
export interface StockWitnesses {
  readonly reclaim: Pick<Line<ReclaimWork>, 'isRefused' | 'refusedOf'>;
  readonly leaving: Pick<LeavingNodes, 'reasons'>;
  readonly isLost: StockFacts['isLost'];
}

interface Entry {
  readonly rules: StockRules;
  readonly stock: SortedStock;
  /** The pods that have changed since. */
  readonly changed: Set<Key>;
  /** Those that were refused when they were looked at last. */
  refused: readonly Key[];
  leavingNodes: ReadonlyMap<string, string>;
}

/** What is counted of a pool's containers, by no rules of its own. */
interface Tally {
  /** Of those in stock and those delivered. */
  readonly ready: ReadyPods;
  readonly delivered: DeliveredPods;
}

/** Of a pool that nobody asks about so many changes are kept at most; of more it is sorted anew when somebody does. */
const keptChanges = 10_000;

/**
 * The stock of each pool, sorted, and what of it is delivered: kept beside the cache by looking at what has changed, and at what falls due by
 * time. It says what sorting all pods anew would say.
 */
export class StockCache {
  readonly #entries = new Map<Key, Entry>();
  readonly #tallies = new Map<Key, Tally>();

  constructor(
    private readonly cache: Pick<Cache, 'byIndex'>,
    private readonly witnesses: StockWitnesses,
  ) {}

  /** Must hear of every change of a pod, once the cache's indexes show it. */
  observe(old: Pod | undefined, pod: Pod | undefined): void {
    const [before, after] = [old, pod].map((one) => one && poolKeyOf(one));
    if (old && before !== undefined && before !== after) this.#see(before, keyOf(nameOf(old)));
    if (pod && after !== undefined) this.#see(after, keyOf(nameOf(pod)));
  }

  #see(pool: Key, key: Key): void {
    const [stocked, held] = [indexes.stock, indexes.delivered].map((index) =>
      this.cache.byIndex(Pod, index, pool).get(key),
    );
    const entry = this.#entries.get(pool);
    entry?.changed.add(key);
    if (entry && entry.changed.size > keptChanges + entry.stock.size) this.#entries.delete(pool);
    const { ready, delivered } = this.#tallyOf(pool);
    if (held) delivered.set(key, held);
    else delivered.delete(key);
    const pod = stocked ?? held;
    if (pod) ready.set(key, pod);
    else ready.delete(key);
    if (ready.size + delivered.size === 0) this.#tallies.delete(pool);
  }

  #tallyOf(pool: Key): Tally {
    const tally = this.#tallies.get(pool) ?? { ready: new ReadyPods(), delivered: new DeliveredPods() };
    this.#tallies.set(pool, tally);
    return tally;
  }

  /** What claims, or a Deployment, hold of the pool's. */
  deliveredOf(pool: Key): Pick<DeliveredPods, 'size' | 'hits'> {
    return this.#tallies.get(pool)?.delivered ?? { size: 0, hits: 0 };
  }

  /** When the youngest of its containers of this template that can be delivered, or is, was made; `undefined` where there is none. */
  newestReady(pool: Key, template: string): Instant | undefined {
    return this.#tallies.get(pool)?.ready.newest(template);
  }

  /** As its containers stand now, by the pool's rules. */
  stockOf(pool: TemplatedPool, now: Instant): SortedStock {
    const key = keyOf(nameOf(pool));
    const rules = rulesOf(pool);
    const facts = this.#facts;
    const known = this.#entries.get(key);
    const entry = known && sameRules(known.rules, rules) ? known : this.#sort(key, rules, facts, now);
    for (const pod of this.#stale(key, entry, facts.leavingNodes, now)) this.#look(key, entry, pod, facts, now);
    entry.changed.clear();
    entry.leavingNodes = facts.leavingNodes;
    entry.refused = this.witnesses.reclaim.refusedOf(key);
    return entry.stock;
  }

  get #facts(): StockFacts {
    const { reclaim, leaving, isLost } = this.witnesses;
    return { leavingNodes: leaving.reasons, isRefused: (pod) => reclaim.isRefused(pod), isLost };
  }

  /** The pool is gone. */
  forget(pool: Key): void {
    this.#entries.delete(pool);
  }

  #sort(pool: Key, rules: StockRules, facts: StockFacts, now: Instant): Entry {
    const sorted = sortStock(this.#pods(pool).values(), rules, facts, now);
    const entry = { rules, stock: sorted, changed: new Set<Key>(), refused: [], leavingNodes: facts.leavingNodes };
    this.#entries.set(pool, entry);
    return entry;
  }

  /** The pods that may stand otherwise than they did. */
  #stale(pool: Key, entry: Entry, leavingNodes: ReadonlyMap<string, string>, now: Instant): ReadonlySet<Key> {
    const stale = new Set([...entry.changed, ...entry.refused, ...this.witnesses.reclaim.refusedOf(pool)]);
    for (const node of new Set([...entry.leavingNodes.keys(), ...leavingNodes.keys()]))
      if (entry.leavingNodes.get(node) !== leavingNodes.get(node))
        for (const [key, pod] of this.cache.byIndex(Pod, indexes.stockOn, node))
          if (poolKeyOf(pod) === pool) stale.add(key);
    for (const key of entry.stock.due(now)) stale.add(key);
    return stale;
  }

  #look(pool: Key, { rules, stock: sorted }: Entry, key: Key, facts: StockFacts, now: Instant): void {
    const pod = this.#pods(pool).get(key);
    if (pod) sorted.set(key, pod, rules, facts, now);
    else sorted.delete(key);
  }

  #pods(pool: Key): ReadonlyMap<Key, Pod> {
    return this.cache.byIndex(Pod, indexes.stock, pool);
  }
}
