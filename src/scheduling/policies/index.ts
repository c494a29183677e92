/**
 * The scheduling policies there are, by name: configurations, the command line and the simulator list and make them from here. A new
 * one is a file of its own with its formula and source at the top, and a line here.
 */
import { nearest } from '../../api/schema/suggestion.js';
import { CodedError, exitCodes } from '../../support/errors.js';
import { balance } from './balance.js';
import { fahp } from './fahp.js';
import { fgd } from './fgd.js';
import { genetic } from './genetic.js';
import { loadAware } from './load-aware.js';
import { loadVariationRiskBalancing } from './load-variation-risk-balancing.js';
import { lowRiskOverCommitment } from './low-risk-over-commitment.js';
import { lyapunov } from './lyapunov.js';
import { maxUtilization } from './max-utilization.js';
import { maxWeight } from './max-weight.js';
import { kubeDefaultType } from './kube-default.js';
import { mostAllocatedType } from './most-allocated.js';
import { pack } from './pack.js';
import type { Policy, ScorePolicy } from './policy.js';
import type { PolicyType } from './policy-type.js';
import { targetLoadPacking } from './target-load-packing.js';

export const policyTypes: readonly PolicyType[] = [
  balance,
  pack,
  maxUtilization,
  maxWeight,
  lyapunov,
  genetic,
  targetLoadPacking,
  loadVariationRiskBalancing,
  lowRiskOverCommitment,
  loadAware,
  fahp,
  fgd,
  kubeDefaultType,
  mostAllocatedType,
];

/**
 * The policy of this name with these settings.
 * @throws CodedError `UNKNOWN_POLICY`, `INVALID_POLICY_SETTINGS`
 */
export function createPolicy(name: string, settings?: unknown): Policy {
  const type = policyTypes.find((one) => one.name === name);
  if (type) return type.create(settings);
  const names = policyTypes.map((one) => one.name);
  const like = nearest(name, names);
  throw new CodedError(
    'UNKNOWN_POLICY',
    `there is no policy ${name}${like === undefined ? '' : `; did you mean ${like}?`}`,
    `the policies are ${names.join(', ')}`,
    exitCodes.invalid,
  );
}

/** The same, of one that scores. */
export function createScorePolicy(name: string, settings?: unknown): ScorePolicy {
  const policy = createPolicy(name, settings);
  if (policy.kind === 'score') return policy;
  throw new CodedError(
    'UNKNOWN_POLICY',
    `policy ${name} places batches, it does not score nodes`,
    `policies that score are ${policyTypes
      .filter((type) => type.create().kind === 'score')
      .map((type) => type.name)
      .join(', ')}`,
    exitCodes.invalid,
  );
}
