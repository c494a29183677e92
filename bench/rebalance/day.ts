import type { Pod } from '../../src/api/kubernetes.js';
import { ScheduleAlgorithm } from '../../src/scheduling/algorithm/schedule-algorithm.js';
import { deviation } from '../../src/scheduling/kernels/deviation.js';
import { weightedSum } from '../../src/scheduling/load/weighted-sum.js';
import type { ScorePolicy } from '../../src/scheduling/policies/policy.js';
import { type PodInfo, podInfo } from '../../src/scheduling/snapshot/node-info.js';
import { Snapshot } from '../../src/scheduling/snapshot/snapshot.js';
import { hour, type Instant, minute } from '../../src/support/time.js';
import { kubeDefault } from '../../src/scheduling/policies/kube-default.js';
import { nodeObject, podObject } from '../../src/simulation/engine/objects.js';
import { type Machine, slot, slots } from '../planetlab.js';

export interface Hosts {
  readonly count: number;
  readonly cpu: number;
  readonly memory: number;
}

/** What is done every five minutes. */
export interface Rebalancer {
  readonly name: string;
  /** Places again what was evicted. */
  readonly policy: ScorePolicy;
  /** Called once a minute, when use has been measured. */
  observe?(day: Day): void;
  /** Keys of the pods to evict now. */
  evict(day: Day): readonly string[];
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

/** Hosts and machines at one time of the day. */
export class Day {
  readonly nodes = new Snapshot();
  readonly pods = new Map<string, Pod>();
  now: Instant = monday;
  readonly #machines = new Map<string, Machine>();
  readonly #rows = new Map<string, number>();
  readonly #infos = new Map<string, PodInfo>();

  constructor(machines: readonly Machine[], hosts: Hosts) {
    for (let host = 0; host < hosts.count; host++)
      this.nodes.setNode(nodeObject(`host-${host}`, { cpu: hosts.cpu, memory: hosts.memory, pods: 110 }));
    const algorithm = new ScheduleAlgorithm(kubeDefault());
    for (const machine of machines) {
      const pod = podOf(machine);
      const info = podInfo(pod, monday);
      this.#machines.set(info.key, machine);
      this.#infos.set(info.key, info);
      this.pods.set(info.key, pod);
      this.#place(info.key, algorithm);
    }
  }

  get time(): number {
    return (this.now - monday) / slot;
  }

  useOf(key: string): { readonly cpu: number; readonly memory: number } {
    const machine = this.#machines.get(key);
    return { cpu: machine?.cpu(this.time) ?? 0, memory: machine?.memory(this.time) ?? 0 };
  }

  rowOf(key: string): number {
    return this.#rows.get(key) ?? -1;
  }

  /** What the pods of each host use now is measured. */
  measure(): void {
    for (const { row, pods } of this.nodes.infos()) {
      const mean = { cpu: 0, memory: 0 };
      for (const { key } of pods) {
        const { cpu, memory } = this.useOf(key);
        mean.cpu += cpu;
        mean.memory += memory;
      }
      this.nodes.setUse(row, { from: this.now - minute, to: this.now, mean });
    }
  }

  /** All go, then they are placed again one after the other. */
  replace(keys: readonly string[], algorithm: ScheduleAlgorithm): void {
    for (const key of keys) this.nodes.remove({ key }, this.rowOf(key));
    for (const key of keys) this.#place(key, algorithm);
  }

  #place(key: string, algorithm: ScheduleAlgorithm): void {
    const info = this.#infos.get(key)!;
    const row = algorithm.select(info.shape, this.nodes);
    if (row < 0) throw new Error(`${key} fits on no host`);
    this.nodes.place({ ...info, since: this.now }, row);
    this.#rows.set(key, row);
  }
}

export function simulateDay(machines: readonly Machine[], hosts: Hosts, rebalancer: Rebalancer): Outcome {
  const day = new Day(machines, hosts);
  const algorithm = new ScheduleAlgorithm(rebalancer.policy);
  const totals = { imbalance: 0, load: 0, hot: 0, empty: 0, moves: 0, lost: 0, planning: 0, longest: 0 };
  for (let index = 0; index < slots; index++) {
    for (let part = 0; part < slot / minute; part++) {
      day.measure();
      rebalancer.observe?.(day);
      if (part === 0) count(day, totals);
      if (part + 1 < slot / minute) day.now += minute;
    }
    const begin = performance.now();
    const evicted = rebalancer.evict(day);
    const took = performance.now() - begin;
    totals.planning += took;
    totals.longest = Math.max(totals.longest, took);
    totals.moves += evicted.length;
    day.replace(evicted, algorithm);
    day.now += minute;
  }
  const hoursOfSlot = slot / hour;
  return {
    imbalance: totals.imbalance / slots,
    load: totals.load / slots,
    hotHours: totals.hot * hoursOfSlot,
    emptyHours: totals.empty * hoursOfSlot,
    moves: totals.moves,
    lostCpu: (totals.lost * hoursOfSlot) / 1000,
    planning: { total: totals.planning, longest: totals.longest },
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
function count({ nodes }: Day, totals: Totals): void {
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

function podOf({ name, requests }: Machine): Pod {
  const pod = podObject(name, requests);
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: `rs-${name}`, controller: true };
  return { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } };
}
