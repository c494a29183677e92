import { rankLeastLoad } from '../kernels/rank-loads.js';
import { PlacementLoad, placementLoadSettings } from './placement-load.js';
import { policyType } from './policy-type.js';

/**
 * The least load after placement:
 *
 *   score_ij = −Q*_ij − P · |{r : (U_rj + z·σ_rj + a_ri)/C_rj > threshold}|
 *   Q*_ij = Σ_r w_r · (U_rj + z·σ_rj + a_ri)/C_rj
 *
 * U is the measured use and the estimates of what came since, σ its standard deviation, a_ri the pod's estimate; P is above all
 * that loads under the threshold differ by, so that a node over it anywhere comes after all that are not. Q* is formula (1) of Xu and
 * Chen, Computer & Digital Engineering 2022(9), after placement; the deviation is that of Trimaran's risk. With another load model
 * Q* is that model's.
 */
export const balance = policyType({
  name: 'balance',
  about:
    'The node with the least load once the pod is on it, nodes with a resource over the threshold last. For services that run for long.',
  settings: placementLoadSettings,
  create(settings) {
    const loads = new PlacementLoad(settings);
    return {
      kind: 'score',
      name: 'balance',
      weighs: loads.resources,
      score(pod, nodes, _feasible, out) {
        const over = loads.all(pod, nodes, out);
        rankLeastLoad(over, loads.penalty, nodes.rows, out);
      },
      rescore(pod, nodes, row) {
        const { load, over } = loads.one(pod, nodes, row);
        return -load - loads.penalty * over;
      },
      explain: (pod, nodes, _feasible, row) => loads.terms(pod, nodes, row, -1),
    };
  },
});
