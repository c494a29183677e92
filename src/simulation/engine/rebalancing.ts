/** Machines on hosts while a rebalancer moves some of them, every few minutes. */
import type { Key } from '../../api/meta/resource.js';
import { type Move, planRebalance, rebalancerSettings, RebalanceState } from '../../rebalancer/index.js';
import { ScheduleAlgorithm } from '../../scheduling/algorithm/schedule-algorithm.js';
import type { LoadModel } from '../../scheduling/load/load-model.js';
import { createScorePolicy } from '../../scheduling/policies/index.js';
import type { ScorePolicy } from '../../scheduling/policies/policy.js';
import { DisruptionBudgets } from '../../scheduling/preemption/disruption-budgets.js';
import { type Duration, minute } from '../../support/time.js';
import type { MachineHosts } from './machine-hosts.js';

export interface Rebalancer {
  readonly name: string;
  /** Places again what was evicted. */
  readonly policy: ScorePolicy;
  /** Called once a minute, when use has been measured. */
  observe?(hosts: MachineHosts): void;
  /** The machines to evict now. */
  evict(hosts: MachineHosts): readonly Key[];
}

export interface RebalancingOptions {
  /** From one plan to the next: whole minutes. */
  readonly interval: Duration;
  readonly plans: number;
  /** At the beginning of each interval, when use has been measured. */
  readonly sample?: (index: number) => void;
}

/**
 * Measures every minute, and carries out a plan in the last minute of each interval. Returns how many machines were evicted. One that finds no
 * host waits for the next plan; what still waits at the end is on none.
 */
export function rebalance(hosts: MachineHosts, rebalancer: Rebalancer, options: RebalancingOptions): number {
  const { interval, plans, sample } = options;
  const algorithm = new ScheduleAlgorithm(rebalancer.policy);
  let moves = 0;
  let waiting: readonly Key[] = [];
  for (let index = 0; index < plans; index++) {
    for (let passed = 0; passed < interval; passed += minute) {
      if (passed > 0) hosts.now += minute;
      hosts.measure(minute);
      rebalancer.observe?.(hosts);
      if (passed === 0) sample?.(index);
    }
    const evicted = rebalancer.evict(hosts);
    moves += evicted.length;
    waiting = hosts.replace([...waiting, ...evicted], algorithm);
    hosts.now += minute;
  }
  return moves;
}

export interface PlannedOptions {
  readonly load: LoadModel;
  readonly settings?: object;
  /** Places again what is evicted. */
  readonly policy?: ScorePolicy;
}

const noBudgets = new DisruptionBudgets([]);

/** What the rebalancer sees of hosts. */
export type HostsView = Pick<MachineHosts, 'nodes' | 'now' | 'useOf' | 'podOf'>;

export interface PlannedRebalancer extends Rebalancer {
  observe(hosts: HostsView): void;
  /** What it moves now, and where to; it counts as done. */
  plan(hosts: HostsView): readonly Move[];
}

/** The rebalancer of this project, without stock: all its moves are evictions. */
export function plannedRebalancer(name: string, options: PlannedOptions): PlannedRebalancer {
  const { load, settings = {}, policy = createScorePolicy('balance') } = options;
  const state = new RebalanceState();
  const read = rebalancerSettings.parse(settings);
  const keepAway = ({ nodes }: HostsView, names: Iterable<string>, unschedulable: boolean) => {
    for (const one of names) {
      const node = nodes.info(nodes.rowOf(one) ?? -1)?.node;
      if (node) nodes.setNode({ ...node, spec: { ...node.spec, unschedulable } });
    }
  };
  return {
    name,
    policy,
    observe: ({ nodes }) => state.observe(nodes, Object.keys(load.weights), read),
    evict(hosts) {
      return this.plan(hosts).map(({ pod }) => pod.key);
    },
    plan(hosts) {
      keepAway(hosts, state.stoppable, false);
      const plan = planRebalance({
        nodes: hosts.nodes,
        use: { useOf: (key) => ({ mean: hosts.useOf(key), variance: {} }), load },
        podOf: (key) => hosts.podOf(key),
        budgets: noBudgets,
        stockOf: () => [],
        policy,
        waiting: [],
        settings: read,
        state,
        now: hosts.now,
      });
      for (const move of plan.moves) state.begin(move, hosts.now, read);
      state.report(plan.stoppable);
      keepAway(hosts, state.stoppable, true);
      return plan.moves;
    },
  };
}
