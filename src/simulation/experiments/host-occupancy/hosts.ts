/** The machines of a trace on equal hosts. */
import type { Key } from '../../../api/meta/resource.js';
import { filterNodes } from '../../../scheduling/filters/index.js';
import type { LoadModel } from '../../../scheduling/load/load-model.js';
import type { Policy } from '../../../scheduling/policies/policy.js';
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Random } from '../../../support/random.js';
import { type Duration, type Instant, minute } from '../../../support/time.js';
import { type HostType, vmCapacity, vmTypeOf } from '../../engine/cloudsim-types.js';
import { MachineHosts } from '../../engine/machine-hosts.js';
import { replicatedPod, snapshotOf } from '../../engine/objects.js';
import { placeAnew } from '../../engine/place-anew.js';
import type { UseOverTime } from '../../engine/use-over-time.js';
import { plannedRebalancer, rebalance } from '../../engine/rebalancing.js';
import { byMoves, shuffled } from '../rearrange.js';
import type { Window } from '../../engine/occupancy.js';

export interface Setup {
  readonly host: HostType;
  readonly hosts: number;
  /** What machines request of their cpu and memory, as a share of what they have. */
  readonly requested: { readonly cpu: number; readonly memory: number };
  /** From one sample of the trace to the next. */
  readonly interval: Duration;
}

/** What each machine has: CloudSim's four types in equal parts. */
export const capacitiesOf = (machines: number): readonly Amounts[] =>
  Array.from({ length: machines }, (_, index) => vmCapacity(vmTypeOf(index, machines)));

/** The machines, on no host yet, expected to use what they used in the mean of a window. */
export function machinesOn(setup: Setup, use: UseOverTime, { from, to }: Window): MachineHosts {
  const nodes = snapshotOf(Array.from({ length: setup.hosts }, () => ({ capacity: setup.host.capacity })));
  const machines = capacitiesOf(use.machines).map(({ cpu = 0, memory = 0 }, index) => {
    const requests = {
      cpu: Math.round(setup.requested.cpu * cpu),
      memory: Math.round(setup.requested.memory * memory),
    };
    const estimate = rounded(use.mean(index, from, to));
    return {
      pod: replicatedPod(`vm-${index + 1}`, requests, { estimate }),
      use: (at: Instant) => use.at(index, Math.min(Math.floor(at / setup.interval), use.samples - 1)),
    };
  });
  return new MachineHosts(nodes, machines, 0);
}

/** Whole units, as quantities are, and at least one: what is 0 would count as not stated. */
const rounded = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Math.max(1, Math.round(amount))]));

/** Each machine on any host that has room for what it requests. Returns how many found none. */
export function placeAtRandom(hosts: MachineHosts, random: Random): number {
  let unplaced = 0;
  for (const key of shuffled(hosts.keys, random)) {
    const { feasible } = filterNodes(hosts.shapeOf(key), hosts.nodes);
    const rows = [...feasible.keys()].filter((row) => feasible[row] === 1);
    if (rows.length === 0) unplaced++;
    else hosts.put(key, random.pick(rows));
  }
  return unplaced;
}

/** From wherever they are, the rebalancer moves some of them as its plans say, every five minutes while so much time of the trace passes. */
export function placeByMoves(hosts: MachineHosts, load: LoadModel, time: Duration): number {
  rebalance(hosts, plannedRebalancer(byMoves, { load }), {
    interval: planInterval,
    plans: Math.floor(time / planInterval),
  });
  return hosts.rows.filter((row) => row < 0).length;
}

const planInterval = 5 * minute;

/** In which order a policy is given the machines. */
export type Order = 'largest' | 'random';

/**
 * A policy places them all. Returns how many found no host.
 * @param load by which the largest comes first: what a machine alone is expected to add to the load of a host
 */
export function placeBy(
  policy: Policy,
  hosts: MachineHosts,
  { order, load, random }: { readonly order: Order; readonly load: LoadModel; readonly random: Random },
): number {
  const keys = shuffled(hosts.keys, random.split('order'));
  return placeAnew(hosts, policy, order === 'random' ? keys : byLoad(keys, hosts, load), random.split('policy'));
}

function byLoad(keys: readonly Key[], hosts: MachineHosts, load: LoadModel): readonly Key[] {
  const { nodes } = hosts;
  const added = new Map(
    keys.map((key) => [key, load.load(nodes, 0, nodes.vector(hosts.shapeOf(key).estimate)) - load.load(nodes, 0)]),
  );
  return keys.toSorted((a, b) => (added.get(b) ?? 0) - (added.get(a) ?? 0));
}
