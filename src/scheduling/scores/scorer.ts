import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** The best that a node gets from one scorer (`MaxNodeScore`). */
export const maxNodeScore = 100;

/** Rows from the first to the last but one. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

interface Named {
  /** That of kube-scheduler's plug-in. */
  readonly name: string;
  /** What every node gets, when it is the same for all of them; `undefined`: they must be looked at. */
  constant?(pod: PodShape, nodes: Snapshot): { readonly raw: number; readonly normalized: number } | undefined;
}

/** One whose scores are from 0 to 100, whatever the other nodes have. */
interface AbsoluteScorer extends Named {
  /** Adds the scores of these rows, times `weight`, to `out`. `false`: it has nothing to say about this pod (`Skip`). */
  add(pod: PodShape, nodes: Snapshot, weight: number, out: Float64Array, rows: Rows): boolean;
  readonly compares?: undefined;
}

/** One that compares the feasible nodes with each other. */
interface RelativeScorer extends Named {
  /** What it compares: only what stands in the nodes themselves, or the pods that are on them too. */
  readonly compares: 'nodes' | 'pods';
  /**
   * Raw scores of the feasible rows, into `raw`; what stands in other rows does not matter. `false`: it has nothing to say about
   * this pod (`Skip`).
   */
  score(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, raw: Float64Array): boolean;
  /** Turns raw scores of the feasible rows into ones from 0 to 100, in place. */
  normalize(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, scores: Float64Array): void;
}

/** A part of kube-scheduler's score: one of its Score plug-ins. All numbers are integers. Pure. */
export type Scorer = AbsoluteScorer | RelativeScorer;
