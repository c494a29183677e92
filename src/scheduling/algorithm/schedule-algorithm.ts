import { argmax } from '../kernels/argmax.js';
import { Ranking } from '../kernels/ranking.js';
import type { ScorePolicy } from '../policies/policy.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** The filters as one: which nodes can take a pod. */
export interface FilterChain {
  /** Fills `feasible` for all rows. Returns why no node was asked, where that is so: then none is feasible. */
  feasible(pod: PodShape, nodes: Snapshot, feasible: Uint8Array): string | undefined;
  /** The same for one row. */
  fits(pod: PodShape, nodes: Snapshot, row: number): boolean;
  /** Whether what one row says of such a pod depends on that row alone: no spread, no (anti-)affinity, nobody nominated. */
  isLocal(pod: PodShape, nodes: Snapshot): boolean;
}

/** Shapes whose rankings are kept, and of which it is known that they have come before. */
const keptRankings = 32;
const rememberedKeys = 1024;

interface Kept {
  readonly ranking: Ranking;
  position: number;
}

/**
 * Chooses a node for one pod after the other: all nodes are filtered and scored, the best is taken, of equal ones the lowest
 * row. Pods of equal shape reuse the ranking of the one before: only rows that have changed since are looked at. The same object
 * serves the scheduler and the simulator.
 */
export class ScheduleAlgorithm {
  #feasible = new Uint8Array(0);
  #scores = new Float64Array(0);
  readonly #rankings = new Map<string, Kept>();
  readonly #seen = new Set<string>();
  #nodes: Snapshot | undefined;

  constructor(
    private readonly filters: FilterChain,
    private readonly policy: ScorePolicy,
  ) {}

  /** The row for the pod; -1: no node can take it. */
  select(pod: PodShape, nodes: Snapshot): number {
    if (this.#nodes !== nodes) this.#startWith(nodes);
    const reusable = this.filters.isLocal(pod, nodes) && (this.policy.isLocal?.(pod, nodes) ?? true);
    if (!reusable) return this.#lookAtAll(pod, nodes);
    const kept = this.#rankings.get(pod.key);
    if (kept && this.#refresh(kept, pod, nodes)) return kept.ranking.best;
    if (!this.#hasComeBefore(pod.key)) return this.#lookAtAll(pod, nodes);
    this.#score(pod, nodes);
    const ranking = new Ranking(this.#scores, this.#feasible, nodes.rows);
    this.#keep(pod.key, { ranking, position: nodes.changes.position });
    return ranking.best;
  }

  #lookAtAll(pod: PodShape, nodes: Snapshot): number {
    this.#score(pod, nodes);
    return argmax(this.#scores, this.#feasible, nodes.rows);
  }

  #score(pod: PodShape, nodes: Snapshot): void {
    const { length } = nodes.present;
    if (this.#feasible.length < length) {
      this.#feasible = new Uint8Array(length);
      this.#scores = new Float64Array(length);
    }
    const refused = this.filters.feasible(pod, nodes, this.#feasible);
    if (refused === undefined) this.policy.score(pod, nodes, this.#feasible, this.#scores);
  }

  /** Brings a ranking up to date; false: too much has changed. */
  #refresh(kept: Kept, pod: PodShape, nodes: Snapshot): boolean {
    const changed = nodes.changes.since(kept.position);
    if (!changed || changed.length > nodes.size / 4 + 16) {
      this.#rankings.delete(pod.key);
      return false;
    }
    for (const row of new Set(changed))
      if (this.filters.fits(pod, nodes, row)) kept.ranking.set(row, this.policy.rescore(pod, nodes, row));
      else kept.ranking.delete(row);
    kept.position = nodes.changes.position;
    return true;
  }

  #hasComeBefore(key: string): boolean {
    if (this.#seen.has(key)) return true;
    if (this.#seen.size >= rememberedKeys) this.#seen.clear();
    this.#seen.add(key);
    return false;
  }

  #keep(key: string, kept: Kept): void {
    const [oldest] = this.#rankings.keys();
    if (this.#rankings.size >= keptRankings && oldest !== undefined) this.#rankings.delete(oldest);
    this.#rankings.set(key, kept);
  }

  #startWith(nodes: Snapshot): void {
    this.#nodes = nodes;
    this.#rankings.clear();
  }
}
