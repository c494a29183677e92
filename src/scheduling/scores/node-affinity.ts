import { isSelected } from '../../api/meta/node-selector.js';
import { canonicalJson } from '../../support/digest.js';
import { normalize } from '../kernels/normalize.js';
import { RowValues } from '../snapshot/row-values.js';
import type { Scorer } from './scorer.js';

const weights = new RowValues();

/** Favours nodes that preferred terms select, by the sum of their weights. */
export const nodeAffinityScorer: Scorer = {
  name: 'NodeAffinity',
  compares: 'nodes',
  score: ({ preferredNodeTerms: terms }, nodes, _feasible, raw) => {
    if (terms.length === 0) return false;
    const { rows } = weights.of(nodes, canonicalJson(terms), (node) => {
      let total = 0;
      for (const { weight, preference } of terms)
        if (isSelected({ nodeSelector: undefined, affinity: [preference] }, node)) total += weight;
      return total;
    });
    raw.set(rows);
    return true;
  },
  normalize: (_pod, nodes, feasible, scores) => normalize(scores, feasible, nodes.rows),
};
