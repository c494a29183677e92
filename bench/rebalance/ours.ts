import { planRebalance, rebalancerSettings, RebalanceState } from '../../src/rebalancer/index.js';
import { createScorePolicy } from '../../src/scheduling/policies/index.js';
import { DisruptionBudgets } from '../../src/scheduling/preemption/disruption-budgets.js';
import { type Day, load, type Rebalancer } from './day.js';

const noBudgets = new DisruptionBudgets([]);

interface OursOptions {
  readonly settings?: object;
  /** Places again what is evicted. */
  readonly policy?: string;
}

/** The rebalancer of this project, without stock: all its moves are evictions. */
export function ours(name: string, { settings = {}, policy = 'balance' }: OursOptions = {}): Rebalancer {
  const state = new RebalanceState();
  const read = rebalancerSettings.parse(settings);
  const planning = createScorePolicy(policy);
  const keepAway = (day: Day, nodes: Iterable<string>, unschedulable: boolean) => {
    for (const name of nodes) {
      const node = day.nodes.info(day.nodes.rowOf(name) ?? -1)?.node;
      if (node) day.nodes.setNode({ ...node, spec: { ...node.spec, unschedulable } });
    }
  };
  return {
    name,
    policy: createScorePolicy(policy),
    observe: ({ nodes }) => state.observe(nodes, ['cpu', 'memory'], read),
    evict(day) {
      keepAway(day, state.stoppable, false);
      const plan = planRebalance({
        nodes: day.nodes,
        use: { useOf: (key) => ({ mean: day.useOf(key), variance: {} }), load },
        podOf: (key) => day.pods.get(key),
        budgets: noBudgets,
        stockOf: () => [],
        policy: planning,
        waiting: [],
        settings: read,
        state,
        now: day.now,
      });
      for (const move of plan.moves) state.begin(move, day.now, read);
      state.report(plan.stoppable);
      keepAway(day, state.stoppable, true);
      return plan.moves.map(({ pod }) => pod.key);
    },
  };
}
