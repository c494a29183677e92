import { normalizeReversed } from '../kernels/normalize.js';
import { softTaintsOf } from '../soft-taints.js';
import { maxNodeScore, type Scorer } from './scorer.js';

/** Favours nodes with few taints that say PreferNoSchedule and that the pod does not tolerate. */
export const taintTolerationScorer: Scorer = {
  name: 'TaintToleration',
  compares: 'nodes',
  constant: (pod, nodes) => (softTaintsOf(pod, nodes).filled === 0 ? { raw: 0, normalized: maxNodeScore } : undefined),
  score: (pod, nodes, _feasible, raw) => {
    raw.set(softTaintsOf(pod, nodes).rows);
    return true;
  },
  normalize: (_pod, nodes, feasible, scores) => normalizeReversed(scores, feasible, nodes.rows),
};
