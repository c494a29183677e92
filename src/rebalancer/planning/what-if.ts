import { deviation } from '../../scheduling/kernels/deviation.js';
import type { LoadModel } from '../../scheduling/load/load-model.js';
import type { Amounts } from '../../scheduling/resources/amounts.js';
import type { NodeUse, PodInfo } from '../../scheduling/snapshot/node-info.js';
import { missingShare } from '../../scheduling/snapshot/node-use.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Change } from './plan.js';

/** Takes back the last change. Changes are taken back in the reverse order. */
export type Undo = () => void;

/** The resources of a node that count, used beyond some share. */
interface Excess {
  readonly resource: string;
  readonly utilization: number;
}

/** A copy of the cluster on which moves are made one after the other, with what they do to loads and imbalance. */
export class WhatIf {
  readonly nodes: Snapshot;
  readonly #resources: readonly string[];
  /** 1 for each row that is in use: a node, and not stoppable. */
  readonly #inUse: Uint8Array;
  /** Rows in use that were emptied: they count before, not after. */
  readonly #emptied = new Set<number>();
  readonly #closed = new Map<number, Undo>();
  #before = new Float64Array(0);
  readonly #now: Float64Array;

  constructor(
    nodes: Snapshot,
    private readonly load: LoadModel,
  ) {
    this.nodes = nodes.copy();
    this.#resources = Object.keys(load.weights);
    this.#inUse = nodes.present.slice();
    this.#now = new Float64Array(nodes.present.length);
    this.load.loads(this.nodes, undefined, this.#now);
    this.start();
  }

  /** What was done so far counts as how things are. */
  start(): void {
    this.#before = this.#now.slice();
  }

  loadOf(row: number): number {
    return this.#now[row] ?? 0;
  }

  isInUse(row: number): boolean {
    return this.#inUse[row] === 1 && !this.#emptied.has(row);
  }

  get nodesInUse(): number {
    let count = 0;
    for (let row = 0; row < this.nodes.rows; row++) count += this.#inUse[row] ?? 0;
    return count - this.#emptied.size;
  }

  /** Puts a node out of use: it takes no pods. */
  close(row: number): void {
    this.#inUse[row] = 0;
    this.#closed.set(row, this.cordon(row));
  }

  /** Puts a node in use again that was closed. */
  open(row: number): void {
    this.#inUse[row] = 1;
    this.#closed.get(row)?.();
    this.#closed.delete(row);
  }

  /** Lets a node take no more pods. */
  cordon(row: number): Undo {
    const info = this.nodes.info(row);
    if (!info) return () => undefined;
    const { node } = info;
    this.nodes.setNode({ ...node, spec: { ...node.spec, unschedulable: true } });
    return () => {
      this.nodes.setNode(node);
    };
  }

  /** A node that is being emptied is in use before, and out of use after. */
  empty(row: number): Undo {
    this.#emptied.add(row);
    return () => {
      this.#emptied.delete(row);
    };
  }

  /** Σ_r max(0, Q_r − target) of a node, with a pod's use added or, with `sign` −1, taken away. */
  overload(row: number, target: number, use: Amounts = {}, sign: 1 | -1 = 1): number {
    let total = 0;
    for (const resource of this.#resources)
      total += Math.max(0, this.utilization(row, resource, sign * (use[resource] ?? 0)) - target);
    return total;
  }

  /** The resource that a node would use most beyond a share; `undefined`: none. */
  excess(row: number, share: number, use: Amounts = {}): Excess | undefined {
    let worst: Excess | undefined;
    for (const resource of this.#resources) {
      const utilization = this.utilization(row, resource, use[resource] ?? 0);
      if (utilization > share && utilization > (worst?.utilization ?? 0)) worst = { resource, utilization };
    }
    return worst;
  }

  /** Q_r with something added; 0 where the node has none of the resource. */
  utilization(row: number, resource: string, added = 0): number {
    const column = this.nodes.column(resource);
    const capacity = column?.capacity[row] ?? 0;
    return column && capacity > 0 ? ((column.use[row] ?? 0) + added) / capacity : 0;
  }

  /** What some use is of a node: the mean of its shares of the resources that count and the node has, whatever the load model. */
  share(row: number, use: Amounts): number {
    let [sum, count] = [0, 0];
    for (const resource of this.#resources) {
      const capacity = this.nodes.column(resource)?.capacity[row] ?? 0;
      if (capacity === 0) continue;
      count++;
      sum += (use[resource] ?? 0) / capacity;
    }
    return count === 0 ? 0 : sum / count;
  }

  /** What all that is used on a node is of it. */
  usedShare(row: number): number {
    const used: Record<string, number> = {};
    for (const resource of this.#resources) used[resource] = this.nodes.column(resource)?.use[row] ?? 0;
    return this.share(row, used);
  }

  /** A pod goes off its node, with what it uses. */
  leave(pod: PodInfo, row: number, use: Amounts): Undo {
    const before = this.nodes.useOf(row);
    this.nodes.remove(pod, row);
    if (before) this.#add(row, before, use, missingShare(pod.since, before) - 1);
    this.#reload(row);
    return () => {
      this.nodes.place(pod, row);
      if (before) this.nodes.setUse(row, before);
      this.#reload(row);
    };
  }

  /** It comes to a node, and uses there what it used before. */
  arrive(pod: PodInfo, row: number, use: Amounts): Undo {
    const before = this.nodes.useOf(row);
    // as if it had been there all the time: its use is added to the mean
    const arrived = { ...pod, since: before?.from ?? pod.since };
    this.nodes.place(arrived, row);
    if (before) this.#add(row, before, use, 1);
    this.#reload(row);
    return () => {
      this.nodes.remove(arrived, row);
      if (before) this.nodes.setUse(row, before);
      this.#reload(row);
    };
  }

  /** A container of the stock takes its place: what that holds of the node is counted there already, what it will use is not. */
  takeOver(row: number, use: Amounts): Undo {
    const before = this.nodes.useOf(row);
    if (before) this.#add(row, before, use, 1);
    this.#reload(row);
    return () => {
      if (before) this.nodes.setUse(row, before);
      this.#reload(row);
    };
  }

  /** The standard deviation of the load over the nodes that are in use now, as it was at the start and as it is. */
  imbalance(): Change {
    const { rows } = this.nodes;
    const after = this.#inUse.slice();
    for (const row of this.#emptied) after[row] = 0;
    return { before: deviation(this.#before, this.#inUse, rows), after: deviation(this.#now, after, rows) };
  }

  #add(row: number, before: NodeUse, use: Amounts, factor: number): void {
    const mean: Record<string, number> = { ...before.mean };
    for (const name in mean) mean[name] = Math.max(0, (mean[name] ?? 0) + factor * (use[name] ?? 0));
    this.nodes.setUse(row, { ...before, mean });
  }

  #reload(row: number): void {
    this.#now[row] = this.load.load(this.nodes, row);
  }
}
