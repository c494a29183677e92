import { z } from 'zod';
import { duration } from '../api/fields.js';
import { type RebalancerProfile, rebalancerSettings } from '../rebalancer/index.js';
import { type UseConfiguration, useConfigurationOf } from '../scheduler/index.js';
import { createLoadModel, createScorePolicy, loadSettings } from '../scheduling/index.js';
import { parseDuration } from '../support/time.js';

/** What the rebalancer is told in a file. */

export const apiVersion = 'rebalancer.penstock.dev/v1alpha1';
export const kind = 'RebalancerConfiguration';
/** As whom kubelets are asked unless the configuration names another: the account that an installation makes for it. */
export const readerAccount = 'penstock-rebalancer-use-reader';

export const rebalancerConfiguration = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal(kind),
  interval: duration.default('30s').describe('How often the cluster is looked at.'),
  requestTimeout: duration
    .default('2m')
    .describe('How long the owner of a container has to put another in its place before the request is withdrawn.'),
  use: useConfigurationOf(readerAccount),
  load: loadSettings.prefault({}),
  policy: z
    .string()
    .min(1)
    .default('balance')
    .describe(
      'The policy of the scheduler that places the successors of evicted pods: a scoring policy of `penstock scheduler policies`.',
    ),
  rules: rebalancerSettings
    .prefault({})
    .describe('Which nodes are relieved and emptied, when a move pays, and how many there may be.'),
});

export type RebalancerConfiguration = z.output<typeof rebalancerConfiguration>;

/** A configuration that can be worked with. */
export interface ConfiguredRebalancer {
  readonly profile: RebalancerProfile;
  readonly use: UseConfiguration;
}

/** @throws CodedError where there is no such policy */
export function configureRebalancer(configuration: RebalancerConfiguration): ConfiguredRebalancer {
  const { interval, requestTimeout, use, load, policy, rules } = configuration;
  return {
    use,
    profile: {
      settings: rules,
      load: createLoadModel(load),
      policy: createScorePolicy(policy),
      interval: parseDuration(interval) ?? 0,
      requestTimeout: parseDuration(requestTimeout) ?? 0,
    },
  };
}
