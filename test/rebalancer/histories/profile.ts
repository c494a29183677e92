import { configureRebalancer, rebalancerConfiguration } from '../../../src/operator/index.js';
import type { RebalancerProfile } from '../../../src/rebalancer/index.js';
import type { Random } from '../../../src/support/random.js';

/** By what rules a run's rebalancer decides: quick to judge, and often short of budgets. */
export function drawProfile(random: Random): RebalancerProfile {
  return configureRebalancer(
    rebalancerConfiguration.parse({
      apiVersion: 'rebalancer.penstock.dev/v1alpha1',
      kind: 'RebalancerConfiguration',
      interval: '10s',
      requestTimeout: random.pick(['40s', '2m']),
      use: { source: 'none' },
      load: { weights: { cpu: 0.5, memory: 0.5 } },
      rules: {
        hot: { samples: 3, atLeast: 2 },
        light: { threshold: random.pick([0.3, 0.5]), samples: 3, minAge: '20s' },
        payoff: { disruption: random.pick([1, 30]) },
        budgets: {
          perHour: random.pick([2, 4, 8, 100, 100]),
          perNode: random.pick([1, 2, 5]),
          perOwner: random.pick([1, 1, 2]),
        },
        returnWindow: random.pick(['2m', '10m', '20m', '1h']),
        maxAge: '25s',
      },
    }),
  ).profile;
}
