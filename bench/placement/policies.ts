import { createPolicy } from '../../src/scheduling/policies/index.js';
import type { Policy } from '../../src/scheduling/policies/policy.js';
import { resources } from './cases.js';

export interface NamedPolicy {
  readonly name: string;
  readonly create: () => Policy;
}

const policyNamed = (policy: string, settings: object = {}, name = policy): NamedPolicy => ({
  name,
  create: () => createPolicy(policy, settings),
});

/** Best fit by weighted use: the fullest node on which the pod fits. */
const bestFit = (settings: object = {}): NamedPolicy =>
  policyNamed('pack', { ...settings, threshold: 1 }, 'best fit (pack, threshold 1)');

const load = { ranking: [...resources] };

/**
 * Those that place pods by what these request, with the same weights where they have any. Those that rank nodes by what was measured of
 * them, or by GPUs, have nothing to rank here.
 */
export const comparedPolicies: readonly NamedPolicy[] = [
  policyNamed('kube-default'),
  policyNamed('most-allocated'),
  policyNamed('balance', { load }),
  policyNamed('pack', { load }),
  bestFit({ load }),
  policyNamed('fahp'),
  policyNamed('max-utilization', { ranking: [...resources] }),
  policyNamed('max-weight', { load }),
  policyNamed('lyapunov'),
  policyNamed('genetic'),
];
