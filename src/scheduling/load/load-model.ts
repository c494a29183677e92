import type { Snapshot } from '../snapshot/snapshot.js';

/** Weights of resources by name, those of a load model's formula. */
export type Weights = Readonly<Record<string, number>>;

/** A part of a node's load: that of one resource. */
export interface LoadTerm {
  readonly resource: string;
  /** Q_r: used, with what is added, over capacity. */
  readonly utilization: number;
  /** The weight that counted: renormalised where the node lacks a resource. */
  readonly weight: number;
  /** What the resource adds to the load: the parts add up to the load less that of an empty node, `uniform(0)`. */
  readonly part: number;
}

/**
 * The composite load of nodes (B1): how the use of several resources becomes one number. A resource of which a node has no
 * capacity is left out for that node, and the weights of the others are renormalised. Pure.
 */
export interface LoadModel {
  readonly name: string;
  readonly weights: Weights;
  /** The load of every row with `added` (in the order of the columns) on each, into `out`. */
  loads(nodes: Snapshot, added: Float64Array | undefined, out: Float64Array): void;
  /** The same of one row. */
  load(nodes: Snapshot, row: number, added?: Float64Array): number;
  /** What the load of one row consists of. */
  terms(nodes: Snapshot, row: number, added?: Float64Array): readonly LoadTerm[];
  /** The load of a node of which every resource is used to this share: no node below it on all has more. */
  uniform(utilization: number): number;
}

/** How a load model counts. */
export interface LoadOptions {
  /** z: how many standard deviations of a resource's use count as used beside its mean. 0: the mean alone. */
  readonly deviations: number;
}
