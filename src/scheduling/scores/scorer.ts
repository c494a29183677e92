import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** The best that a node gets from one scorer (`MaxNodeScore`). */
export const maxNodeScore = 100;

/** A part of kube-scheduler's score: one of its Score plug-ins. All numbers are integers. Pure. */
export interface Scorer {
  /** That of kube-scheduler's plug-in. */
  readonly name: string;
  /** What every node gets, when it is the same for all of them whatever the nodes are; `undefined`: they must be looked at. */
  constant?(pod: PodShape, nodes: Snapshot): { readonly raw: number; readonly normalized: number } | undefined;
  /**
   * Raw scores of the feasible rows, into `raw`; what stands in other rows does not matter. `false`: it has nothing to say about
   * this pod (`Skip`), and adds nothing.
   */
  score(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, raw: Float64Array): boolean;
  /** Turns raw scores of the feasible rows into ones from 0 to 100, in place; absent: they are already. */
  normalize?(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, scores: Float64Array): void;
}
