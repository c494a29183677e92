/** Consolidation as Beloglazov and Buyya (2012) do it, by CloudSim 4.0's rules: overloaded hosts are relieved, then underloaded ones are emptied. */
import type { Consolidation, Migration } from './consolidation.js';
import { Host } from './host.js';
import type { MachineSelection } from './machine-selection.js';
import type { OverloadDetection } from './overload-detection.js';
import type { VirtualMachine } from './virtual-machine.js';

export function powerAware(isOverloaded: OverloadDetection, select: MachineSelection): Consolidation {
  return {
    // as there, machines that have come already ask for nothing yet
    place: (machine, roomy) =>
      leastPowerHost(machine, roomy, new Set(), ({ index, type }) => isOverloaded(new Host(index, type), machine)),
    plan(hosts) {
      const before = hosts.map(({ machines }) => [...machines]);
      const pass = new Pass(hosts, isOverloaded, select);
      const migrations = [...pass.relieve(), ...pass.empty()];
      for (const [index, host] of hosts.entries()) restore(host, before[index]!);
      return migrations;
    },
  };
}

/** Those that come are first then: their order decides between equals. */
function restore(host: Host, machines: readonly VirtualMachine[]): void {
  const stay = machines.filter((machine) => !host.incoming.has(machine));
  const after = [...host.incoming, ...stay];
  if (after.length === host.machines.length && after.every((machine, index) => machine === host.machines[index]))
    return;
  host.machines.splice(0, host.machines.length, ...after);
  host.changed();
}

/** Of the hosts that have room and will not be overloaded, the first whose power grows least. */
function leastPowerHost(
  machine: VirtualMachine,
  hosts: readonly Host[],
  excluded: ReadonlySet<Host>,
  isOverloaded: OverloadDetection,
): Host | undefined {
  const { requested } = machine;
  let least = Infinity;
  let best: Host | undefined;
  for (const host of hosts) {
    if (requested > host.type.coreMips || excluded.has(host) || host.available < requested) continue;
    const { used } = host;
    const growth = host.power((used + requested) / host.mips) - host.power(host.utilization);
    if (growth >= least || (used !== 0 && isOverloaded(host, machine))) continue;
    [least, best] = [growth, host];
  }
  return best;
}

const mostDemandingFirst = (machines: readonly VirtualMachine[]): readonly VirtualMachine[] =>
  machines.toSorted((a, b) => b.requested - a.requested);

const stayingOn = ({ machines }: Host): readonly VirtualMachine[] => machines.filter(({ isMigrating }) => !isMigrating);

/** One pass over the hosts, which it changes as if everything had been done already. */
class Pass {
  readonly #overloaded: readonly Host[];

  constructor(
    private readonly hosts: readonly Host[],
    private readonly isOverloaded: OverloadDetection,
    private readonly select: MachineSelection,
  ) {
    this.#overloaded = hosts.filter((host) => isOverloaded(host));
  }

  /** Machines leave overloaded hosts until they are not overloaded any more; then they are placed. */
  relieve(): readonly Migration[] {
    const leaving = this.#overloaded.flatMap((host) => this.#relieveHost(host));
    const excluded = new Set(this.#overloaded);
    return mostDemandingFirst(leaving).flatMap((machine) => this.#place(machine, excluded) ?? []);
  }

  #relieveHost(host: Host): readonly VirtualMachine[] {
    const leaving: VirtualMachine[] = [];
    for (;;) {
      const staying = stayingOn(host);
      const machine = staying.length > 0 ? this.select(staying) : undefined;
      if (!machine) return leaving;
      leaving.push(machine);
      host.remove(machine);
      if (!this.isOverloaded(host)) return leaving;
    }
  }

  /** The least used host first, as far as all of its machines find another: none that was off, and none that was emptied. */
  empty(): readonly Migration[] {
    const migrations: Migration[] = [];
    const off = this.hosts.filter(({ utilization }) => utilization === 0);
    const [unmovable, closed] = [new Set([...this.#overloaded, ...off]), new Set([...this.#overloaded, ...off])];
    for (;;) {
      const host = this.#leastUsed(unmovable);
      if (!host) return migrations;
      unmovable.add(host);
      closed.add(host);
      const moved = this.#emptyHost(host, closed);
      for (const { target } of moved) unmovable.add(target);
      migrations.push(...moved);
    }
  }

  #leastUsed(excluded: ReadonlySet<Host>): Host | undefined {
    let least = 1;
    let found: Host | undefined;
    for (const host of this.hosts) {
      const { utilization } = host;
      if (utilization <= 0 || utilization >= least || excluded.has(host)) continue;
      if (stayingOn(host).length > 0) [least, found] = [utilization, host];
    }
    return found;
  }

  #emptyHost(host: Host, closed: ReadonlySet<Host>): readonly Migration[] {
    const moved: Migration[] = [];
    for (const machine of mostDemandingFirst(stayingOn(host))) {
      const migration = this.#place(machine, closed);
      if (!migration) {
        for (const { target, machine: one } of moved) target.remove(one);
        return [];
      }
      moved.push(migration);
    }
    return moved;
  }

  #place(machine: VirtualMachine, excluded: ReadonlySet<Host>): Migration | undefined {
    const target = leastPowerHost(machine, this.hosts, excluded, this.isOverloaded);
    target?.put(machine);
    return target && { machine, target };
  }
}
