import type { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { isProducing, isReadyForDelivery, isReadyStock } from '../line/index.js';
import { IndexedHeap } from '../support/indexed-heap.js';
import type { Instant } from '../support/time.js';
import type { Leaving } from './audit.js';
import type { StockRules } from './rules.js';
import { judge, newestFirst, type Standing, type StockFacts } from './standing.js';

/** Those that can still be delivered, and those of no use any more. */
export interface Waiting {
  readonly serving: ReadonlyMap<Key, Leaving>;
  readonly idle: ReadonlyMap<Key, Leaving>;
}

type Waits = 'outdated' | 'unfit';
/** Where those stand that are to leave. */
type Exit = Exclude<Standing['group'], 'fresh' | 'failing' | Waits> | `${'serving' | 'idle'} ${Waits}`;

interface Entry {
  readonly pod: Pod;
  /** Where it is filed, from which it can be taken out again. */
  readonly at: Map<Key, unknown>;
  readonly isOverdue: boolean;
}

/**
 * The containers in a pool's stock by how they stand, with the counts that a plan needs: kept up with each pod that changes, so
 * that a change costs the same beside ten containers and beside ten thousand.
 */
export class SortedStock {
  readonly #entries = new Map<Key, Entry>();
  readonly #fresh = new Map<Key, Pod>();
  readonly #failing = new Map<Key, Pod>();
  readonly #leaving: Readonly<Record<Exit, Map<Key, Leaving>>> = {
    'serving outdated': new Map(),
    'idle outdated': new Map(),
    'serving unfit': new Map(),
    'idle unfit': new Map(),
    asked: new Map(),
    refused: new Map(),
  };
  readonly #wakeUps = new IndexedHeap<Key>();
  readonly #producible = new Map<Key, Pod>();
  #freshReady = 0;
  #freshDeliverable = 0;

  /** Puts a pod where it belongs now. Depends on nothing but what it is given. */
  set(key: Key, pod: Pod, rules: StockRules, facts: StockFacts, now: Instant): void {
    this.delete(key);
    const judgement = judge(pod, rules, facts, now);
    if (!judgement) return;
    const { standing, isOverdue, wakeAt } = judgement;
    this.#entries.set(key, { pod, isOverdue, at: this.#file(key, pod, standing) });
    if (wakeAt !== Infinity) this.#wakeUps.set(key, wakeAt);
  }

  delete(key: Key): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    entry.at.delete(key);
    this.#wakeUps.delete(key);
    if (entry.at === this.#fresh) this.#countFresh(key, entry.pod, -1);
  }

  #file(key: Key, pod: Pod, standing: Standing): Map<Key, unknown> {
    const { group } = standing;
    if (group === 'failing') return this.#failing.set(key, pod);
    if (group === 'fresh') {
      this.#countFresh(key, pod, 1);
      return this.#fresh.set(key, pod);
    }
    const exit: Exit =
      group === 'outdated' || group === 'unfit' ? `${isReadyStock(pod) ? 'serving' : 'idle'} ${group}` : group;
    return this.#leaving[exit].set(key, standing.leaving);
  }

  #countFresh(key: Key, pod: Pod, by: 1 | -1): void {
    if (isReadyStock(pod)) this.#freshReady += by;
    if (!isReadyForDelivery(pod)) return;
    this.#freshDeliverable += by;
    if (by < 0) this.#producible.delete(key);
    else if (isProducing(pod)) this.#producible.set(key, pod);
  }

  /** When the next changes its standing by time alone; Infinity: none does. */
  get wakeAt(): Instant {
    return this.#wakeUps.peek()?.priority ?? Infinity;
  }

  /** Those that may stand otherwise by now, though nothing has happened to them: once, they are to be set anew. */
  due(now: Instant): readonly Key[] {
    const due: Key[] = [];
    for (let first = this.#wakeUps.peek(); first && first.priority <= now; first = this.#wakeUps.peek()) {
      due.push(first.key);
      this.#wakeUps.delete(first.key);
    }
    return due;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of the present template, nothing against them: these count towards `replicas`. */
  get fresh(): ReadonlyMap<Key, Pod> {
    return this.#fresh;
  }

  /** Of the fresh those that are in stock and can be delivered. */
  get freshReady(): number {
    return this.#freshReady;
  }

  /** Of the fresh those that can be delivered as far as their containers go. */
  get freshDeliverable(): number {
    return this.#freshDeliverable;
  }

  /** Of the fresh those that can be taken further on their way into stock. */
  get producible(): Iterable<Pod> {
    return this.#producible.values();
  }

  /** Of an older template: those that can still be delivered, and the others. */
  get outdated(): Waiting {
    return { serving: this.#leaving['serving outdated'], idle: this.#leaving['idle outdated'] };
  }

  /** Of the present template, but not what they were. */
  get unfit(): Waiting {
    return { serving: this.#leaving['serving unfit'], idle: this.#leaving['idle unfit'] };
  }

  /** Of the present template, and cannot start; the newest first. */
  get failing(): readonly Pod[] {
    return this.#failing.size === 0 ? [] : [...this.#failing.values()].sort(newestFirst);
  }

  /** Asked to go: nobody is given them. */
  get asked(): Iterable<Leaving> {
    return this.#leaving.asked.values();
  }

  /** Those that should go and could not be deleted: they stand in nobody's place. */
  get refused(): Iterable<Leaving> {
    return this.#leaving.refused.values();
  }

  /** Whether nothing is expected of it any more. */
  isOverdue(pod: Pod): boolean {
    return this.#entries.get(keyOf(nameOf(pod)))?.isOverdue ?? false;
  }
}

/** Sorted anew, all of it. */
export function sortStock(pods: Iterable<Pod>, rules: StockRules, facts: StockFacts, now: Instant): SortedStock {
  const stock = new SortedStock();
  for (const pod of pods) stock.set(keyOf(nameOf(pod)), pod, rules, facts, now);
  return stock;
}
