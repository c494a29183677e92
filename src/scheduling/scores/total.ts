import { addWeighted } from '../kernels/normalize.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Scorer } from './scorer.js';

export interface WeightedScorer {
  readonly scorer: Scorer;
  readonly weight: number;
}

/** Σ weight · normalized score of the feasible rows, into `out`. `scratch` is as long, and written to. */
export function addScores(
  scorers: readonly WeightedScorer[],
  pod: PodShape,
  nodes: Snapshot,
  feasible: Uint8Array,
  out: Float64Array,
  scratch: Float64Array,
): void {
  let constant = 0;
  const others: WeightedScorer[] = [];
  for (const one of scorers) {
    const same = one.scorer.constant?.(pod, nodes);
    if (same) constant += one.weight * same.normalized;
    else others.push(one);
  }
  out.fill(constant);
  for (const { scorer, weight } of others) {
    if (!scorer.score) scorer.add(pod, nodes, weight, out);
    else if (scorer.score(pod, nodes, feasible, scratch)) {
      scorer.normalize(pod, nodes, feasible, scratch);
      addWeighted(out, scratch, weight, nodes.rows);
    }
  }
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
    const hasSay = scorer.score ? scorer.score(pod, nodes, feasible, scores) : scorer.add(pod, nodes, 1, scores);
    if (!hasSay) return [];
    const raw = scores[row]!;
    if (scorer.score) scorer.normalize(pod, nodes, feasible, scores);
    return [{ name, weight, raw, normalized: scores[row]! }];
  });
}
