import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClusterModel, type GivenNode } from '../../../test/rebalancer/cluster-model.js';
import { hour, minute } from '../../support/time.js';

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
        let before = potential(cluster);
        for (; rounds < 200; rounds++) {
          cluster.observe();
          const plan = cluster.plan();
          expect(plan.imbalance.after).toBeLessThanOrEqual(plan.imbalance.before + 1e-9);
          for (const { pod, from, to } of plan.moves) {
            expect(left.get(pod.key) ?? new Set()).not.toContain(to);
            left.set(pod.key, (left.get(pod.key) ?? new Set()).add(from));
          }
          const reported = cluster.state.stoppable.size;
          cluster.apply(plan);
          const after = potential(cluster);
          expect(plan.moves.length === 0 || isLess(after, before)).toBe(true);
          before = after;
          if (plan.moves.length === 0 && cluster.state.stoppable.size === reported) break;
          cluster.now += 2 * hour;
        }
        expect(rounds).toBeLessThan(200);
      }),
    );
  },
);

/** Overload of all nodes beyond 80 %, and how many are in use. */
function potential(cluster: ClusterModel): readonly [overload: number, inUse: number] {
  const nodes = cluster.snapshot();
  let overload = 0;
  for (const { row } of nodes.infos())
    for (const resource of ['cpu', 'memory'] as const) {
      const { measured, capacity } = nodes.basicColumn(resource);
      overload += Math.max(0, measured[row]! / capacity[row]! - 0.8);
    }
  return [overload, nodes.size - cluster.state.stoppable.size];
}

/** What is lost by rounding is no overload. */
const isLess = ([a, x]: readonly [number, number], [b, y]: readonly [number, number]): boolean =>
  a < b - 1e-9 || (a < b + 1e-9 && x < y);

test('whatever the load does, each plan keeps to its budgets, moves no pod twice, fills no node beyond the threshold and sends nobody back within the window', () => {
  const factors = fc.array(fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 7, maxLength: 7 }), {
    minLength: 4,
    maxLength: 12,
  });
  const budgets = { perHour: 6, perNode: 2, perOwner: 1 };
  fc.assert(
    fc.property(arbitraryCluster, factors, fc.constantFrom('balance', 'kube-default'), (nodes, rounds, policy) => {
      const cluster = new ClusterModel(nodes, { policy, settings: { budgets, returnWindow: '1h' } });
      const departures: { readonly owner: string; readonly from: string; readonly at: number }[] = [];
      for (const round of rounds) {
        cluster.factor = (pod) => round[Number(pod.slice(1).split('-')[0])] ?? 1;
        cluster.observe();
        const plan = cluster.plan();
        const stoppable = new Set(plan.stoppable.map(({ node }) => node));
        expect(new Set(plan.moves.map(({ pod }) => pod.key)).size).toBe(plan.moves.length);
        expect(new Set(plan.moves.map(({ owner }) => owner.uid)).size).toBe(plan.moves.length);
        for (const { from, to, owner, gain, cost, reason } of plan.moves) {
          expect(stoppable.has(to)).toBe(false);
          expect(plan.moves.filter((move) => move.to === to).length).toBeLessThanOrEqual(budgets.perNode);
          expect(gain > cost || reason === 'NodeUnderutilized').toBe(true);
          const lately = departures.filter((one) => one.owner === owner.uid && one.at >= cluster.now - hour);
          expect(lately.map((one) => one.from)).not.toContain(to);
          departures.push({ owner: owner.uid, from, at: cluster.now });
        }
        expect(departures.filter(({ at }) => at >= cluster.now - hour).length).toBeLessThanOrEqual(budgets.perHour);
        cluster.apply(plan);
        const after = cluster.snapshot();
        for (const to of new Set(plan.moves.map((move) => move.to))) {
          const row = after.rowOf(to)!;
          for (const resource of ['cpu', 'memory'] as const) {
            const { measured, capacity } = after.basicColumn(resource);
            expect(measured[row]! / capacity[row]!).toBeLessThanOrEqual(0.9 + 1e-9);
          }
        }
        cluster.now += 10 * minute;
      }
    }),
  );
});
