/** The policies that experiments compare, as they are named in results. */
import { createPolicy } from '../../scheduling/policies/index.js';
import type { Policy } from '../../scheduling/policies/policy.js';

/** Those of every experiment, where they apply: the paper's, what bettered it, ours, Kubernetes' and those of the paper's references. */
export const comparedPolicies = [
  'max-utilization',
  'max-weight',
  'balance',
  'pack',
  'kube-default',
  'most-allocated',
  'genetic',
  'lyapunov',
  'fahp',
] as const;

/** Best fit by weighted use, the fullest node on which a pod fits: `pack` without its threshold. */
export const bestFit = 'best-fit';

/**
 * @param ranking resources by importance, of the policies that weigh them by rank or by load
 * @throws CodedError `UNKNOWN_POLICY`
 */
export function policyOf(name: string, ranking: readonly string[]): Policy {
  switch (name) {
    case bestFit:
      return createPolicy('pack', { load: { ranking }, threshold: 1 });
    case 'max-utilization':
      return createPolicy(name, { ranking });
    case 'max-weight':
    case 'balance':
    case 'pack':
      return createPolicy(name, { load: { ranking } });
    default:
      return createPolicy(name);
  }
}
