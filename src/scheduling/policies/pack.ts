import { rankMostLoad } from '../kernels/rank-loads.js';
import { PlacementLoad, placementLoadSettings } from './placement-load.js';
import { policyType } from './policy-type.js';

/**
 * The greatest load after placement that stays under the threshold, so that lightly used nodes become empty:
 *
 *   score_ij = Q*_ij where no resource is over the threshold, else −Q*_ij − P · (number of resources over it)
 *
 * Q*, P and the threshold as in `balance`: Best-Fit by use instead of by requests.
 */
export const pack = policyType({
  name: 'pack',
  about:
    'The node with the greatest load once the pod is on it that has no resource over the threshold. Leaves nodes empty that can be stopped.',
  settings: placementLoadSettings,
  create(settings) {
    const loads = new PlacementLoad(settings);
    return {
      kind: 'score',
      name: 'pack',
      weighs: loads.resources,
      score(pod, nodes, _feasible, out) {
        const over = loads.all(pod, nodes, out);
        rankMostLoad(over, loads.penalty, nodes.rows, out);
      },
      rescore(pod, nodes, row) {
        const { load, over } = loads.one(pod, nodes, row);
        return over > 0 ? -load - loads.penalty * over : load;
      },
      explain(pod, nodes, _feasible, row) {
        return loads.terms(pod, nodes, row, loads.one(pod, nodes, row).over > 0 ? -1 : 1);
      },
    };
  },
});
