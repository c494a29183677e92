import type { Random } from '../../support/random.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** A part of a score: what it is about, and what it adds. */
export interface Term {
  readonly name: string;
  readonly value: number;
  /** How it comes about, with the numbers, in a few words. */
  readonly detail?: string;
}

/** One pod at a time: the feasible node with the highest score gets it. Pure; equal pods reuse what was computed. */
export interface ScorePolicy {
  readonly kind: 'score';
  readonly name: string;
  /** The resources that it weighs, where a node of which one has no capacity is judged by the others. */
  readonly weighs?: readonly string[];
  /** Whether its score weighs taints that say `PreferNoSchedule`; absent: nodes with such taints are taken only when no other can be. */
  readonly weighsTaints?: true;
  /** The score of each feasible row, into `out`; what stands in the other rows does not matter. */
  score(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, out: Float64Array): void;
  /** The score of one row after it alone has changed, among nodes otherwise as they were at the last `score` of such a pod. */
  rescore(pod: PodShape, nodes: Snapshot, row: number): number;
  /** Whether the score of a row of such a pod depends on that row alone; absent: it does. */
  isLocal?(pod: PodShape, nodes: Snapshot): boolean;
  /** Terms that add up to the score of this row among the feasible ones. */
  explain(pod: PodShape, nodes: Snapshot, feasible: Uint8Array, row: number): readonly Term[];
}

/** Pods of one class that wait: equal in all that decides where they may be. */
export interface Queue {
  readonly shape: PodShape;
  /** How many wait. */
  readonly length: number;
  /** How many have come since the last round, for policies that look at arrivals. */
  readonly arrivals?: number;
  /** 1 for each row that can take such a pod as far as everything but resources is concerned. */
  readonly feasible: Uint8Array;
}

/** So many pods of queue `queue` go to row `row`. */
export interface Assignment {
  readonly queue: number;
  readonly row: number;
  readonly count: number;
}

/** All queues at once. What it must remember is its state, handed in and out. */
export interface BatchPolicy<State = unknown> {
  readonly kind: 'batch';
  readonly name: string;
  start(): State;
  /**
   * Where the pods go: never more than fit (capacity less what is requested), nor more than wait. `nodes` is not changed.
   */
  place(
    queues: readonly Queue[],
    nodes: Snapshot,
    state: State,
    random: Random,
  ): { readonly assignments: readonly Assignment[]; readonly state: State; readonly notes?: readonly string[] };
  /** Why a node would, or would not, be chosen for such a pod now: terms that add up to how it is ranked. */
  explain(pod: PodShape, nodes: Snapshot, row: number): readonly Term[];
}

export type Policy = ScorePolicy | BatchPolicy;
