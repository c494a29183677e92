import type { PodShape } from '../pod-shape.js';
import { addScores, scoreParts, type WeightedScorer } from '../scores/total.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { ScorePolicy } from './policy.js';

/** A policy whose score is Σ weight · normalized score of kube-scheduler's plug-ins. */
export function scorerPolicy(name: string, scorers: readonly WeightedScorer[]): ScorePolicy {
  let scratch = new Float64Array();
  let out = new Float64Array();
  /** The last pod that was scored, and among which rows: what is normalized depends on them. */
  let last: { readonly pod: PodShape; readonly feasible: Uint8Array } | undefined;
  const fit = (nodes: Snapshot) => {
    if (scratch.length === nodes.present.length) return;
    scratch = new Float64Array(nodes.present.length);
    out = new Float64Array(nodes.present.length);
  };
  return {
    kind: 'score',
    name,
    score: (pod, nodes, feasible, into) => {
      fit(nodes);
      addScores(scorers, pod, nodes, feasible, into, scratch);
      last = { pod, feasible };
    },
    rescore: (pod, nodes, row) => {
      const feasible = last && (last.pod === pod || last.pod.key === pod.key) ? last.feasible : nodes.present;
      fit(nodes);
      addScores(scorers, pod, nodes, feasible, out, scratch);
      return out[row]!;
    },
    // what is normalized depends on the best and the worst of all feasible rows
    isLocal: () => false,
    explain: (pod, nodes, feasible, row) =>
      scoreParts(scorers, pod, nodes, feasible, row).map((part) => ({
        name: part.name,
        value: part.weight * part.normalized,
        detail: `${part.weight} · ${part.normalized}, from ${part.raw}`,
      })),
  };
}
