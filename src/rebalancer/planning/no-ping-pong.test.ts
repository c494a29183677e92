import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClusterModel, type GivenNode } from '../../../test/rebalancer/cluster-model.js';
import { hour } from '../../support/time.js';

const arbitraryPod = fc.record({
  cpu: fc.integer({ min: 0, max: 45 }),
  memory: fc.integer({ min: 0, max: 30 }),
  /** Few requests let the scheduler fill nodes beyond what they can bear. */
  requests: fc.integer({ min: 0, max: 10 }),
  owner: fc.nat({ max: 5 }),
  priority: fc.constantFrom(0, 10),
});

const arbitraryCluster: fc.Arbitrary<readonly GivenNode[]> = fc
  .array(fc.array(arbitraryPod, { maxLength: 6 }), { minLength: 2, maxLength: 7 })
  .map((nodes) =>
    nodes.map((pods, node) => ({
      pods: pods.map((pod, index) => ({ ...pod, name: `p${node}-${index}`, owner: `o${pod.owner}` })),
    })),
  );

test.each([
  { policy: 'balance', budgets: {} },
  { policy: 'kube-default', budgets: {} },
  { policy: 'most-allocated', budgets: {} },
  { policy: 'balance', budgets: { perHour: 2, perNode: 1, perOwner: 1 } },
  { policy: 'pack', budgets: { perHour: 3, perNode: 1, perOwner: 1 } },
])(
  'under constant load the moves end, no pod returns to a node it left, and no plan raises the imbalance: $policy, $budgets',
  ({ policy, budgets }) => {
    fc.assert(
      fc.property(arbitraryCluster, (nodes) => {
        const cluster = new ClusterModel(nodes, { policy, settings: { budgets } });
        const left = new Map<string, Set<string>>();
        let rounds = 0;
        for (; rounds < 200; rounds++) {
          cluster.observe();
          const plan = cluster.plan();
          expect(plan.imbalance.after).toBeLessThanOrEqual(plan.imbalance.before + 1e-9);
          for (const { pod, from, to } of plan.moves) {
            expect(left.get(pod.key) ?? new Set()).not.toContain(to);
            left.set(pod.key, (left.get(pod.key) ?? new Set()).add(from));
          }
          const reported = [...cluster.state.stoppable].join();
          cluster.apply(plan);
          if (plan.moves.length === 0 && [...cluster.state.stoppable].join() === reported) break;
          cluster.now += 2 * hour;
        }
        expect(rounds).toBeLessThan(200);
      }),
      { numRuns: 300 },
    );
  },
);
