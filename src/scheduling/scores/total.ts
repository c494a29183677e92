import { addWeighted } from '../kernels/normalize.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Rows, Scorer } from './scorer.js';

export interface WeightedScorer {
  readonly scorer: Scorer;
  readonly weight: number;
}

const allRows = ({ rows }: Snapshot): Rows => ({ from: 0, to: rows });

/** What the scorers give that compare nodes with each other, or that give all nodes the same. */
export interface RelativeScores {
  readonly constant: number;
  /** Whether anything was added to `out`, beyond the constant. */
  readonly differs: boolean;
  /** Whether it depends on the pods that are on the nodes. */
  readonly dependsOnPods: boolean;
}

/** Writes Σ weight · normalized score of those scorers into `out`, for the feasible rows. `scratch` is as long, and written to. */
export function setRelativeScores(
  scorers: readonly WeightedScorer[],
  pod: PodShape,
  nodes: Snapshot,
  feasible: Uint8Array,
  out: Float64Array,
  scratch: Float64Array,
): RelativeScores {
  const same = scorers.map(({ scorer }) => scorer.constant?.(pod, nodes));
  const constant = scorers.reduce((sum, { weight }, index) => sum + weight * (same[index]?.normalized ?? 0), 0);
  let [differs, dependsOnPods] = [false, false];
  out.fill(constant);
  for (const [index, { scorer, weight }] of scorers.entries()) {
    if (same[index] || !scorer.compares || !scorer.score(pod, nodes, feasible, scratch)) continue;
    scorer.normalize(pod, nodes, feasible, scratch);
    addWeighted(out, scratch, weight, allRows(nodes));
    differs = true;
    dependsOnPods ||= scorer.compares === 'pods';
  }
  return { constant, differs, dependsOnPods };
}

/** Adds what the others give, which look at each node alone. */
export function addAbsoluteScores(
  scorers: readonly WeightedScorer[],
  pod: PodShape,
  nodes: Snapshot,
  out: Float64Array,
  rows: Rows = allRows(nodes),
): void {
  for (const { scorer, weight } of scorers)
    if (!scorer.compares && !scorer.constant?.(pod, nodes)) scorer.add(pod, nodes, weight, out, rows);
}

/** What one scorer gives a row. */
export interface ScorePart {
  readonly name: string;
  readonly raw: number;
  readonly normalized: number;
  readonly weight: number;
}

/** What the total of a row consists of. Scorers that have nothing to say are left out. */
export function scoreParts(
  scorers: readonly WeightedScorer[],
  pod: PodShape,
  nodes: Snapshot,
  feasible: Uint8Array,
  row: number,
): readonly ScorePart[] {
  return scorers.flatMap(({ scorer, weight }) => {
    const { name } = scorer;
    const same = scorer.constant?.(pod, nodes);
    if (same) return [{ name, weight, ...same }];
    const scores = new Float64Array(nodes.present.length);
    const hasSay = scorer.compares
      ? scorer.score(pod, nodes, feasible, scores)
      : scorer.add(pod, nodes, 1, scores, allRows(nodes));
    if (!hasSay) return [];
    const raw = scores[row]!;
    if (scorer.compares) scorer.normalize(pod, nodes, feasible, scores);
    return [{ name, weight, raw, normalized: scores[row]! }];
  });
}
