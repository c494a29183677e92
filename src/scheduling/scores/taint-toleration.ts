import { normalizeReversed } from '../kernels/normalize.js';
import type { PodShape } from '../pod-shape.js';
import { RowValues } from '../snapshot/row-values.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { tolerates } from '../taints.js';
import { maxNodeScore, type Scorer } from './scorer.js';

const counts = new RowValues();

/** Favours nodes with few taints that say PreferNoSchedule and that the pod does not tolerate. */
export const taintTolerationScorer: Scorer = {
  name: 'TaintToleration',
  compares: 'nodes',
  constant: (pod, nodes) => (countsOf(pod, nodes).filled === 0 ? { raw: 0, normalized: maxNodeScore } : undefined),
  score: (pod, nodes, _feasible, raw) => {
    raw.set(countsOf(pod, nodes).rows);
    return true;
  },
  normalize: (_pod, nodes, feasible, scores) => normalizeReversed(scores, feasible, nodes.rows),
};

const countsOf = (pod: PodShape, nodes: Snapshot) =>
  counts.of(
    nodes,
    pod.nodeKey,
    ({ spec }) =>
      spec?.taints?.filter((taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.tolerations, taint))
        .length ?? 0,
  );
