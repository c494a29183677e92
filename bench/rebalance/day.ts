import { ScheduleAlgorithm } from '../../src/scheduling/algorithm/schedule-algorithm.js';
import { deviation } from '../../src/scheduling/kernels/deviation.js';
import { weightedSum } from '../../src/scheduling/load/weighted-sum.js';
import { kubeDefault } from '../../src/scheduling/policies/kube-default.js';
import { MachineHosts } from '../../src/simulation/engine/machine-hosts.js';
import { replicatedPod, snapshotOf } from '../../src/simulation/engine/objects.js';
import { rebalance, type Rebalancer } from '../../src/simulation/engine/rebalancing.js';
import { hour } from '../../src/support/time.js';
import { type Machine, slot, slots } from '../planetlab.js';

export interface Hosts {
  readonly count: number;
  readonly cpu: number;
  readonly memory: number;
}

export interface Outcome {
  /** Mean over the day of the standard deviation of the load over the hosts that hold something. */
  readonly imbalance: number;
  /** Mean over the day of the mean load of those hosts. */
  readonly load: number;
  readonly hotHours: number;
  readonly emptyHours: number;
  readonly moves: number;
  /** Hours of a core of 1,000 MIPS. */
  readonly lostCpu: number;
  /** Milliseconds of all plans, and of the longest. */
  readonly planning: { readonly total: number; readonly longest: number };
}

export const load = weightedSum({ cpu: 0.5, memory: 0.5 }, { deviations: 0 });
const monday = Date.UTC(2026, 0, 5);
const hotShare = 0.9;

/** The machines on hosts as kube-scheduler's default scores place them by their requests. */
function startOf(machines: readonly Machine[], { count, cpu, memory }: Hosts): MachineHosts {
  const nodes = snapshotOf(Array.from({ length: count }, () => ({ capacity: { cpu, memory, pods: 110 } })));
  const hosted = machines.map((machine) => ({
    pod: replicatedPod(machine.name, machine.requests),
    use: (at: number) => {
      const time = (at - monday) / slot;
      return { cpu: machine.cpu(time), memory: machine.memory(time) };
    },
  }));
  const hosts = new MachineHosts(nodes, hosted, monday);
  hosts.replace(hosts.keys, new ScheduleAlgorithm(kubeDefault()));
  return hosts;
}

export function simulateDay(machines: readonly Machine[], size: Hosts, rebalancer: Rebalancer): Outcome {
  const hosts = startOf(machines, size);
  const totals = { imbalance: 0, load: 0, hot: 0, empty: 0, lost: 0 };
  const planning = { total: 0, longest: 0 };
  const timed: Rebalancer = {
    ...rebalancer,
    evict(now) {
      const begin = performance.now();
      const evicted = rebalancer.evict(now);
      const took = performance.now() - begin;
      planning.total += took;
      planning.longest = Math.max(planning.longest, took);
      return evicted;
    },
  };
  const moves = rebalance(hosts, timed, { interval: slot, plans: slots, sample: () => count(hosts, totals) });
  const hoursOfSlot = slot / hour;
  return {
    imbalance: totals.imbalance / slots,
    load: totals.load / slots,
    hotHours: totals.hot * hoursOfSlot,
    emptyHours: totals.empty * hoursOfSlot,
    moves,
    lostCpu: (totals.lost * hoursOfSlot) / 1000,
    planning,
  };
}

interface Totals {
  imbalance: number;
  load: number;
  hot: number;
  empty: number;
  lost: number;
}

/** At each sample of the trace. */
function count({ nodes }: MachineHosts, totals: Totals): void {
  const loads = new Float64Array(nodes.present.length);
  const holds = new Uint8Array(nodes.present.length);
  load.loads(nodes, undefined, loads);
  let [sum, holding] = [0, 0];
  const [cpu, memory] = [nodes.basicColumn('cpu'), nodes.basicColumn('memory')];
  for (const { row, pods } of nodes.infos()) {
    holds[row] = pods.length > 0 ? 1 : 0;
    if (pods.length === 0) totals.empty++;
    else {
      sum += loads[row]!;
      holding++;
    }
    if ([cpu, memory].some(({ use, capacity }) => use[row]! > hotShare * capacity[row]!)) totals.hot++;
    totals.lost += Math.max(0, cpu.use[row]! - cpu.capacity[row]!);
  }
  totals.load += sum / holding;
  totals.imbalance += deviation(loads, holds, nodes.rows);
}
