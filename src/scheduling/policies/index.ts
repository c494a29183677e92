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
import { lyapunov } from './lyapunov.js';
import { maxUtilization } from './max-utilization.js';
import { maxWeight } from './max-weight.js';
import { pack } from './pack.js';
import type { Policy } from './policy.js';
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
  loadAware,
  fahp,
  fgd,
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
