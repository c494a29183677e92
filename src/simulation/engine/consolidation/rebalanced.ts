/** Consolidation by the rebalancer of this project: its own plans, carried out as migrations. */
import type { Pod } from '../../../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../../api/meta/resource.js';
import type { Move } from '../../../rebalancer/index.js';
import type { LoadModel } from '../../../scheduling/load/load-model.js';
import type { ScorePolicy } from '../../../scheduling/policies/policy.js';
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import { type PodInfo, podInfo } from '../../../scheduling/snapshot/node-info.js';
import { Snapshot } from '../../../scheduling/snapshot/snapshot.js';
import { type Duration, type Instant, second } from '../../../support/time.js';
import { nodeObject, replicatedPod } from '../objects.js';
import { type HostsView, plannedRebalancer } from '../rebalancing.js';
import type { Consolidation, Migration } from './consolidation.js';
import type { Host } from './host.js';
import type { VirtualMachine } from './virtual-machine.js';

export interface RebalancedOptions {
  /** What it keeps balanced: a model of cpu alone, as CloudSim's machines ask for nothing else once they run. */
  readonly load: LoadModel;
  /** Where machines go that leave a host. */
  readonly policy: ScorePolicy;
  /** Of the rebalancer. */
  readonly settings: object;
  /** In seconds. */
  readonly interval: number;
}

/** Machines come to the first host that has room; from then on the rebalancer moves them. */
export function rebalanced({ load, policy, settings, interval }: RebalancedOptions): Consolidation {
  const rebalancer = plannedRebalancer('rebalancer', { load, policy, settings });
  let mirror: Mirror | undefined;
  return {
    place: (_, [first]) => first,
    plan(hosts, at) {
      mirror ??= new Mirror(hosts);
      mirror.update(at * second, interval * second);
      rebalancer.observe(mirror);
      return mirror.migrations(rebalancer.plan(mirror), hosts);
    },
  };
}

interface MirroredMachine {
  readonly machine: VirtualMachine;
  readonly pod: Pod;
  readonly info: PodInfo;
  row: number;
}

/** The hosts as nodes, and their machines as pods that request nothing: what they use counts, and is expected to go on. */
class Mirror implements HostsView {
  readonly nodes = new Snapshot();
  now: Instant = 0;
  readonly #machines = new Map<Key, MirroredMachine>();

  constructor(hosts: readonly Host[]) {
    for (const { index, mips } of hosts) this.nodes.setNode(nodeObject(`n${index}`, { cpu: mips, pods: 1000 }));
    for (const [index, machine] of hosts.flatMap(({ machines }) => machines).entries()) {
      const pod = replicatedPod(`vm-${index}`, {});
      this.#machines.set(keyOf(nameOf(pod)), { machine, pod, info: podInfo(pod, 0), row: -1 });
    }
  }

  podOf(key: Key): Pod | undefined {
    return this.#machines.get(key)?.pod;
  }

  useOf(key: Key): Amounts {
    return { cpu: this.#machines.get(key)?.machine.requested ?? 0 };
  }

  /** What machines use now is taken for the mean of the interval that ends. */
  update(now: Instant, interval: Duration): void {
    this.now = now;
    const used = new Map<number, number>();
    for (const [key, mirrored] of this.#machines) {
      const { machine, info, row } = mirrored;
      if (row >= 0) this.nodes.remove({ key }, row);
      mirrored.row = machine.host?.index ?? -1;
      if (mirrored.row < 0) continue;
      const { shape } = info;
      const estimate = { ...shape.estimate, cpu: machine.requested };
      this.nodes.place({ ...info, shape: { ...shape, estimate } }, mirrored.row);
      used.set(mirrored.row, (used.get(mirrored.row) ?? 0) + machine.requested);
    }
    for (const { row } of this.nodes.infos())
      this.nodes.setUse(row, { from: now - interval, to: now, mean: { cpu: used.get(row) ?? 0 } });
  }

  migrations(moves: readonly Pick<Move, 'pod' | 'to'>[], hosts: readonly Host[]): readonly Migration[] {
    return moves.flatMap(({ pod, to }) => {
      const [machine, target] = [this.#machines.get(pod.key)?.machine, hosts[this.nodes.rowOf(to) ?? -1]];
      return machine && target ? [{ machine, target }] : [];
    });
  }
}
