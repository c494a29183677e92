import type { PodShape } from '../pod-shape.js';
import {
  addAbsoluteScores,
  type RelativeScores,
  scoreParts,
  setRelativeScores,
  type WeightedScorer,
} from '../scores/total.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { ScorePolicy } from './policy.js';

/** The pod that was scored last. What compares nodes with each other is kept for when one of them changes. */
interface Scored extends RelativeScores {
  readonly pod: PodShape;
  readonly feasible: Uint8Array;
}

/** A policy whose score is Σ weight · normalized score of kube-scheduler's plug-ins. */
export function scorerPolicy(name: string, scorers: readonly WeightedScorer[]): ScorePolicy {
  let scratch = new Float64Array();
  let relative = new Float64Array();
  let rescored = new Float64Array();
  let last: Scored | undefined;

  const fit = ({ present: { length } }: Snapshot) => {
    if (scratch.length === length) return;
    scratch = new Float64Array(length);
    relative = new Float64Array(length);
    rescored = new Float64Array(length);
  };

  const score: ScorePolicy['score'] = (pod, nodes, feasible, out) => {
    fit(nodes);
    const compared = setRelativeScores(scorers, pod, nodes, feasible, out, scratch);
    if (compared.differs && !compared.dependsOnPods) relative.set(out);
    // the caller's array may be another pod's by the time that it is asked for
    last = { pod, feasible: compared.dependsOnPods ? feasible.slice() : feasible, ...compared };
    addAbsoluteScores(scorers, pod, nodes, out);
  };

  return {
    kind: 'score',
    name,
    score,
    rescore: (pod, nodes, row) => {
      if (!last || (last.pod !== pod && last.pod.key !== pod.key))
        throw new Error(`policy ${name} was asked to rescore a pod that it has not scored last`);
      // a pod that has come or gone counts in the domains of other rows too
      if (last.dependsOnPods) score(pod, nodes, last.feasible, rescored);
      else {
        rescored[row] = last.differs ? relative[row]! : last.constant;
        addAbsoluteScores(scorers, pod, nodes, rescored, { from: row, to: row + 1 });
      }
      return rescored[row]!;
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
