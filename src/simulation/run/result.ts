import type { Outcome, Trial } from '../experiments/experiment.js';

/** What a run is to do: with the same request, the same result. */
export interface Request {
  readonly experiment: string;
  /** With defaults. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly policies: readonly string[];
  /** The first; the others follow it. */
  readonly seed: number;
  readonly seeds: number;
}

export interface TrialResult {
  readonly trial: Trial;
  readonly outcome: Outcome;
}

/** All trials of a run, in the order of points, policies and seeds, and what the reader of a report must know. */
export interface Result {
  readonly request: Request;
  readonly notes: readonly string[];
  /** Of Penstock. */
  readonly version: string;
  readonly trials: readonly TrialResult[];
  readonly rows: readonly Row[];
}

/** A policy at a point: figures are means over the seeds. */
export interface Row {
  readonly policy: string;
  /** Half of the 95 % interval of each mean, where there are several seeds. */
  readonly interval?: Readonly<Record<string, number>>;
  readonly [name: string]: number | string | boolean | null | Readonly<Record<string, number>> | undefined;
}
