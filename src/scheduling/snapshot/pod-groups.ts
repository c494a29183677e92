import type { Labels, PodShape } from '../pod-shape.js';
import type { PodInfo } from './node-info.js';

/**
 * Pods that weigh the same in the (anti-)affinity and the spread of others, and how many of them are in which row. There are
 * few such groups where there are many pods: a selector is asked once for each.
 */
export interface PodGroup {
  readonly namespace: string;
  readonly labels: Labels;
  readonly shape: PodShape;
  readonly terminating: boolean;
  readonly counts: ReadonlyMap<number, number>;
}

interface OwnGroup extends PodGroup {
  counts: Map<number, number>;
}

export class PodGroups {
  #groups = new Map<string, OwnGroup>();
  /** Those of the groups that have a say about other pods: few where there are many groups. */
  #withTerms = new Map<string, OwnGroup>();
  /** Groups that may be written to: those that a copy shares with its original are copied before either changes them. */
  #own = new Set<OwnGroup>();

  copy(): PodGroups {
    const copy = new PodGroups();
    copy.#groups = new Map(this.#groups);
    copy.#withTerms = new Map(this.#withTerms);
    this.#own.clear();
    return copy;
  }

  [Symbol.iterator](): IterableIterator<PodGroup> {
    return this.#groups.values();
  }

  get size(): number {
    return this.#groups.size;
  }

  /** Groups of pods that have terms of affinity or anti-affinity, required or preferred. */
  get withTerms(): Iterable<PodGroup> {
    return this.#withTerms.values();
  }

  add({ shape, terminating }: PodInfo, row: number, more: 1 | -1): void {
    const key = `${terminating ? '-' : '+'}${shape.groupKey}`;
    const group = this.#writable(key, shape, terminating);
    const count = (group.counts.get(row) ?? 0) + more;
    if (count > 0) group.counts.set(row, count);
    else group.counts.delete(row);
    if (group.counts.size === 0) {
      this.#groups.delete(key);
      this.#withTerms.delete(key);
      this.#own.delete(group);
    }
  }

  #writable(key: string, shape: PodShape, terminating: boolean): OwnGroup {
    const known = this.#groups.get(key);
    if (known && this.#own.has(known)) return known;
    const { namespace, labels } = shape;
    const group: OwnGroup = known
      ? { ...known, counts: new Map(known.counts) }
      : { namespace, labels, shape, terminating, counts: new Map() };
    this.#groups.set(key, group);
    if (hasTerms(shape)) this.#withTerms.set(key, group);
    this.#own.add(group);
    return group;
  }
}

const hasTerms = ({ podAffinity, podAntiAffinity }: PodShape): boolean =>
  [podAffinity, podAntiAffinity].some(({ required, preferred }) => required.length + preferred.length > 0);
