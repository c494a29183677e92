import type { Key } from '../../api/meta/resource.js';
import { explainNode, filterNodes, isLocal } from '../filters/index.js';
import { argmax } from '../kernels/argmax.js';
import { Ranking } from '../kernels/ranking.js';
import type { ScorePolicy } from '../policies/policy.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { softTaintsOf } from '../soft-taints.js';

/** Shapes whose rankings are kept. */
const keptRankings = 32;

/** More than policies' scores differ by: a node with a soft taint comes after all without. */
const avoidance = 1e9;
const untainted = { rows: new Float64Array(), filled: 0 };

interface Kept {
  readonly ranking: Ranking;
  position: number;
}

/**
 * Chooses a node for one pod after the other: all nodes are filtered and scored, the best is taken, of equal ones that
 * with the fewest pods. Nodes with a taint that says `PreferNoSchedule` come last, unless the policy weighs such taints itself. Pods of equal shape reuse the ranking of the one before: only rows that have changed since are looked at. The same object
 * serves the scheduler and the simulator.
 */
export class ScheduleAlgorithm {
  #feasible = new Uint8Array(0);
  #scores = new Float64Array(0);
  readonly #rankings = new Map<string, Kept>();
  /** The shapes that came last, the latest at the end. */
  readonly #recent = new Set<string>();
  #nodes: Snapshot | undefined;

  constructor(private readonly policy: ScorePolicy) {}

  /**
   * The row for a pod; -1: no node can take it.
   * @param self the pod's own key: where it is nominated, it does not stand in its own way
   */
  select(pod: PodShape, nodes: Snapshot, self?: Key): number {
    if (this.#nodes !== nodes) this.#startWith(nodes);
    const reusable = isLocal(pod, nodes) && (this.policy.isLocal?.(pod, nodes) ?? true);
    if (!reusable) return this.#lookAtAll(pod, nodes, self);
    const comesAgain = this.#comesAgain(pod.key);
    const kept = this.#rankings.get(pod.key);
    if (kept && this.#refresh(kept, pod, nodes)) return kept.ranking.best;
    if (!comesAgain) return this.#lookAtAll(pod, nodes, self);
    this.#score(pod, nodes, undefined);
    const ranking = new Ranking(this.#scores, podsOn(nodes), this.#feasible, nodes.rows);
    this.#keep(pod.key, { ranking, position: nodes.changes.position });
    return ranking.best;
  }

  #lookAtAll(pod: PodShape, nodes: Snapshot, self: Key | undefined): number {
    this.#score(pod, nodes, self);
    return argmax(this.#scores, podsOn(nodes), this.#feasible, nodes.rows);
  }

  #score(pod: PodShape, nodes: Snapshot, self: Key | undefined): void {
    const { length } = nodes.present;
    if (this.#feasible.length < length) {
      this.#feasible = new Uint8Array(length);
      this.#scores = new Float64Array(length);
    }
    const { unschedulable } = filterNodes(pod, nodes, { into: this.#feasible, ...(self !== undefined && { self }) });
    if (unschedulable !== undefined) return;
    this.policy.score(pod, nodes, this.#feasible, this.#scores);
    const { rows, filled } = this.#softTaints(pod, nodes);
    if (filled > 0) for (let row = 0; row < nodes.rows; row++) this.#scores[row]! -= avoidance * rows[row]!;
  }

  /** Taints that only the last resort is measured by. */
  #softTaints(pod: PodShape, nodes: Snapshot): { readonly rows: Float64Array; readonly filled: number } {
    return this.policy.weighsTaints ? untainted : softTaintsOf(pod, nodes);
  }

  /** Brings a ranking up to date; false: too much has changed. */
  #refresh(kept: Kept, pod: PodShape, nodes: Snapshot): boolean {
    const changed = nodes.changes.since(kept.position);
    if (!changed || changed.length > nodes.size / 4 + 16) {
      this.#rankings.delete(pod.key);
      return false;
    }
    const { rows, filled } = this.#softTaints(pod, nodes);
    for (const row of new Set(changed)) {
      if (explainNode(pod, nodes, row) === undefined) {
        const score = this.policy.rescore(pod, nodes, row) - (filled > 0 ? avoidance * rows[row]! : 0);
        kept.ranking.set(row, score, podsOn(nodes)[row]!);
      } else kept.ranking.delete(row);
    }
    kept.position = nodes.changes.position;
    return true;
  }

  /** Whether it came lately: of shapes that take turns, more than there are rankings, none would be used again. */
  #comesAgain(key: string): boolean {
    const again = this.#recent.delete(key);
    this.#recent.add(key);
    const [oldest] = this.#recent;
    if (this.#recent.size > keptRankings && oldest !== undefined) this.#recent.delete(oldest);
    return again;
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

const none = new Float64Array();

/** How many pods there are on each node. */
const podsOn = (nodes: Snapshot): Float64Array => nodes.column('pods')?.requested ?? none;
