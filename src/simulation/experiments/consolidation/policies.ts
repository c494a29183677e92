/** The policies of the consolidation experiment: CloudSim's by their names there, and this project's rebalancer. */
import { weightedSum } from '../../../scheduling/load/weighted-sum.js';
import type { Random } from '../../../support/random.js';
import { type Consolidation, dvfs } from '../../engine/consolidation/consolidation.js';
import { machineSelection, type SelectionName, selectionNames } from '../../engine/consolidation/machine-selection.js';
import {
  type DetectionName,
  detectionNames,
  overloadDetection,
} from '../../engine/consolidation/overload-detection.js';
import { powerAware } from '../../engine/consolidation/power-aware.js';
import { rebalanced } from '../../engine/consolidation/rebalanced.js';
import { bestFit, policyOf } from '../policies.js';

/** The parameters that CloudSim's examples have. */
const usualParameters: Readonly<Record<DetectionName, string>> = {
  thr: '0.8',
  iqr: '1.5',
  mad: '2.5',
  lr: '1.2',
  lrr: '1.2',
};

const cloudsimPolicies: readonly string[] = [
  'dvfs',
  ...detectionNames.flatMap((detection) =>
    selectionNames.map((selection) => `${detection}-${selection}-${usualParameters[detection]}`),
  ),
];

/** Each is the rebalancer, with what leaves a host placed by this policy. */
export const rebalancedPolicies = ['max-utilization', 'balance', 'pack'] as const;

export const consolidationPolicies: readonly string[] = [...cloudsimPolicies, ...rebalancedPolicies];

/**
 * What the rebalancer is told here, where moves are cheap and hosts are to be empty: it looks at each sample by itself, empties all hosts that use
 * less than 60 %, and has no budget. The rest is as it is unless told otherwise.
 */
export const rebalancerSettings = {
  hot: { samples: 1, atLeast: 1 },
  light: { threshold: 0.6, samples: 1, candidates: 100, minAge: '1s' },
  payoff: { disruption: 1 },
  budgets: { perHour: 100_000, perNode: 100, perOwner: 100 },
  returnWindow: '1s',
} as const;

interface CloudsimPolicy {
  readonly detection: DetectionName;
  readonly selection: SelectionName;
  readonly parameter: number;
}

function cloudsimPolicy(name: string): CloudsimPolicy | undefined {
  const [first, second, parameter = '', ...rest] = name.split('-');
  const detection = detectionNames.find((one) => one === first);
  const selection = selectionNames.find((one) => one === second);
  if (!detection || !selection || rest.length > 0 || !/^\d{1,3}(\.\d{1,6})?$/.test(parameter)) return undefined;
  return { detection, selection, parameter: Number(parameter) };
}

/** `thr-mmt-0.9`: one of CloudSim's with another parameter. */
export const isCloudsimPolicy = (name: string): boolean => cloudsimPolicy(name) !== undefined;

/** Whether it draws which machine leaves. */
export const isRandomPolicy = (name: string): boolean => cloudsimPolicy(name)?.selection === 'rs';

/**
 * @param interval in seconds
 * @throws Error for a name that is none of these
 */
export function consolidationOf(name: string, interval: number, random: Random): Consolidation {
  if (name === 'dvfs') return dvfs;
  const policy = cloudsimPolicy(name);
  if (policy) {
    const { detection, selection, parameter } = policy;
    return powerAware(overloadDetection(detection, parameter, interval), machineSelection(selection, random));
  }
  const load = weightedSum({ cpu: 1 }, { deviations: 0 });
  // one machine at a time, the configuration of greatest use is the fullest host on which it fits
  const placing = policyOf(name === 'max-utilization' ? bestFit : name, ['cpu']);
  if (placing.kind !== 'score') throw new Error(`${name} does not place one machine at a time`);
  return rebalanced({ load, policy: placing, settings: rebalancerSettings, interval });
}
