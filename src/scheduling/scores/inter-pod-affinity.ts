import { weighPreferred } from '../affinity/preferred.js';
import { addCounted } from '../kernels/domains.js';
import { normalizeRange } from '../kernels/normalize.js';
import type { Scorer } from './scorer.js';

/** Favours nodes near pods that preferred terms, of the pod or of those pods, are about. */
export const interPodAffinityScorer: Scorer = {
  name: 'InterPodAffinity',
  compares: 'pods',
  score: (pod, nodes, _feasible, raw) => {
    const weights = weighPreferred(pod, nodes);
    if (weights.size === 0) return false;
    raw.fill(0);
    for (const key of weights.keys)
      addCounted(raw, nodes.rows, nodes.domains(key).ids, weights.of(key) ?? new Float64Array());
    return true;
  },
  normalize: (_pod, nodes, feasible, scores) => normalizeRange(scores, feasible, nodes.rows),
};
