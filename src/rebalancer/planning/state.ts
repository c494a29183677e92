import type { Key } from '../../api/meta/resource.js';
import { clearAny, markFrequent, markSampled, recordOver } from '../../scheduling/kernels/samples.js';
import type { ResourceColumn } from '../../scheduling/snapshot/columns.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { type Duration, hour, type Instant } from '../../support/time.js';
import { longestUnseen } from './in-flight.js';
import type { Move, MoveMeans, StoppableNode } from './plan.js';
import type { RebalancerSettings } from './settings.js';

/** A move that was begun. */
export interface BegunMove {
  readonly at: Instant;
  readonly pod: { readonly key: Key; readonly uid: string };
  /** The uid of the owner. */
  readonly owner: string;
  readonly from: string;
  readonly to: string;
  readonly means: MoveMeans;
}

/** For each row, the last samples of one resource, a bit each. */
interface History {
  /** Whether it was over the threshold of hot nodes. */
  hot: Int32Array;
  /** Whether it was over the threshold of light nodes. */
  busy: Int32Array;
}

/** What is remembered between two plans. Samples are kept by row: the snapshots that it is shown are one and the same, or copies. */
export class RebalanceState {
  readonly #histories = new Map<string, History>();
  #names: (string | undefined)[] = [];
  #seen = new Int32Array(0);
  #last = new Float64Array(0);
  #begun: readonly BegunMove[] = [];
  /** When a pod that was moved off a node was last seen there. */
  readonly #left = new Map<string, Instant>();
  #stoppable: ReadonlySet<string> = new Set();

  /** Goes on from what another has begun and reported. */
  restore(begun: readonly BegunMove[], stoppable: Iterable<string>): void {
    this.#begun = begun;
    this.#stoppable = new Set(stoppable);
  }

  /** Takes one sample of each node whose use has been measured anew since the last call. */
  observe(nodes: Snapshot, resources: readonly string[], { hot, light }: RebalancerSettings): void {
    const isNew = this.#newSamples(nodes);
    for (const name of resources) {
      const column = nodes.column(name);
      if (!column) continue;
      const history = this.#historyOf(column);
      recordOver(column.measured, column.capacity, hot.threshold, isNew, nodes.rows, history.hot);
      recordOver(column.measured, column.capacity, light.threshold, isNew, nodes.rows, history.busy);
    }
  }

  /** Whether the samples of a row are those of this node. */
  knows(row: number, node: string): boolean {
    return this.#names[row] === node;
  }

  /** Rows of which a resource is over the threshold in the last sample, and in enough of those before it. */
  hotRows(resource: string, { hot }: RebalancerSettings): Uint8Array {
    const marked = new Uint8Array(this.#names.length);
    const history = this.#histories.get(resource);
    if (history) markFrequent(history.hot, hot, marked.length, marked);
    return marked;
  }

  /** Rows of which every resource was under the threshold of light nodes in each of the last samples. */
  lightRows({ light }: RebalancerSettings): Uint8Array {
    const marked = new Uint8Array(this.#names.length);
    markSampled(this.#seen, light.samples, marked.length, marked);
    for (const { busy } of this.#histories.values()) clearAny(busy, light.samples, marked.length, marked);
    return marked;
  }

  /** Moves that were begun since `since`, in order. */
  begunSince(since: Instant): readonly BegunMove[] {
    return this.#begun.filter(({ at }) => at >= since);
  }

  /** Nodes that are reported as stoppable, in the order in which they were. */
  get stoppable(): ReadonlySet<string> {
    return this.#stoppable;
  }

  /** A move of a plan is being made. What is older than all windows is forgotten. */
  begin({ pod, owner, from, to, means }: Move, now: Instant, { returnWindow }: RebalancerSettings): void {
    const window: Duration = Math.max(hour, returnWindow);
    const { key, uid } = pod;
    this.#begun = [...this.begunSince(now - window), { at: now, pod: { key, uid }, owner: owner.uid, from, to, means }];
  }

  /** A move that was begun last is not made after all: nothing has changed for its nodes. */
  cancel({ pod, from, to }: Pick<Move, 'pod' | 'from' | 'to'>): void {
    const last = this.#begun.findLastIndex((move) => move.pod.uid === pod.uid && move.from === from && move.to === to);
    this.#begun = this.#begun.filter((_, index) => index !== last);
  }

  /** What a plan reports as stoppable is reported. */
  report(stoppable: readonly Pick<StoppableNode, 'node'>[]): void {
    this.#stoppable = new Set(stoppable.map(({ node }) => node));
  }

  /**
   * For each node that pods were moved off or onto, when that was last: what was measured before says nothing of it any more. Of one from which
   * a pod has still to go it is now.
   */
  #disturbed(nodes: Snapshot): ReadonlyMap<string, Instant> {
    const disturbed = new Map(this.#left);
    const set = (node: string, at: Instant) => disturbed.set(node, Math.max(at, disturbed.get(node) ?? at));
    for (const { at, from, to, pod } of this.#begun) {
      for (const node of [from, to]) set(node, at);
      const row = nodes.rowOf(from);
      const now = row === undefined ? undefined : nodes.useOf(row)?.to;
      if (row === undefined || now === undefined || at < now - longestUnseen) continue;
      if (!nodes.info(row)?.pods.some(({ uid }) => uid === pod.uid)) continue;
      set(from, now);
      this.#left.set(from, now);
    }
    return disturbed;
  }

  #newSamples(nodes: Snapshot): Uint8Array {
    this.#grow(nodes.present.length);
    const isNew = new Uint8Array(nodes.rows);
    const disturbed = this.#disturbed(nodes);
    for (let row = 0; row < nodes.rows; row++) {
      const info = nodes.info(row);
      if (info?.name !== this.#names[row]) this.#forget(row, info?.name);
      const since = disturbed.get(info?.name ?? '') ?? -Infinity;
      if ((this.#last[row] ?? -Infinity) <= since) this.#forget(row, info?.name);
      const use = nodes.useOf(row);
      if (!info || !use || use.to <= (this.#last[row] ?? -Infinity)) continue;
      const { from, to } = use;
      // its window reaches back to when other pods were there
      if (from < since) continue;
      this.#last[row] = to;
      this.#seen[row] = (this.#seen[row] ?? 0) + 1;
      isNew[row] = 1;
    }
    return isNew;
  }

  #forget(row: number, name: string | undefined): void {
    this.#names[row] = name;
    this.#seen[row] = 0;
    this.#last[row] = Number.NEGATIVE_INFINITY;
    for (const { hot, busy } of this.#histories.values()) hot[row] = busy[row] = 0;
  }

  #grow(length: number): void {
    if (this.#seen.length >= length) return;
    this.#seen = enlarged(this.#seen, length);
    const last = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
    last.set(this.#last);
    this.#last = last;
    for (const history of this.#histories.values()) {
      history.hot = enlarged(history.hot, length);
      history.busy = enlarged(history.busy, length);
    }
  }

  #historyOf({ name }: ResourceColumn): History {
    const known = this.#histories.get(name);
    if (known) return known;
    const { length } = this.#seen;
    const history = { hot: new Int32Array(length), busy: new Int32Array(length) };
    this.#histories.set(name, history);
    return history;
  }
}

function enlarged(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}
