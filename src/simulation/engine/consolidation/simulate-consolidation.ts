/** CloudSim 4.0's power-aware experiment: machines on hosts, migrated while they run, for as long as a trace goes. */
import { joulesPerKilowattHour } from '../../../scheduling/power/power-model.js';
import { EventQueue } from '../event-queue.js';
import { vmTypeOf } from '../cloudsim-types.js';
import type { Consolidation, Migration } from './consolidation.js';
import { Datacenter, workBegins } from './datacenter.js';
import { Host } from './host.js';
import { type ConsolidationHostType, machineBandwidth } from './host-types.js';
import { migrationTime } from './overload-detection.js';
import { VirtualMachine } from './virtual-machine.js';

export interface ConsolidationOptions {
  readonly hosts: readonly ConsolidationHostType[];
  /** Of each machine, the shares of its cpu that it asks for, a sample each interval. */
  readonly shares: readonly Float64Array[];
  /** From one sample and one decision to the next, in seconds. */
  readonly interval: number;
}

/** The columns that CloudSim prints; all that it prints in per cent is a fraction here. Times in seconds. */
export interface ConsolidationFigures {
  readonly energyKwh: number;
  readonly migrations: number;
  /** SLA violation: `slatah` · `pdm`. */
  readonly slav: number;
  /** Performance degradation by migrations: MIPS·s that were lacked while migrating, of those asked for. */
  readonly pdm: number;
  /** SLA violation time per active host: the time in which machines got less than they asked for, of the time that hosts were on. */
  readonly slatah: number;
  /** Energy and SLA violation: `energyKwh` · `slav`. */
  readonly esv: number;
  readonly hostShutdowns: number;
  readonly meanTimeBeforeShutdown: number;
  /** How long a migration took, in the mean: what CloudSim calls the time before a VM migration. */
  readonly meanTimeBeforeMigration: number;
  /** MIPS·s that machines lacked, of those asked for. */
  readonly overallSlaViolation: number;
  /** What a machine lacked of what it asked for, the mean over the times that it lacked some. */
  readonly averageSlaViolation: number;
  /** Machines for which there was no host at the beginning. */
  readonly unplaced: number;
}

const decide = 0;
const migrate = 1;

export function simulateConsolidation(
  options: ConsolidationOptions,
  consolidation: Consolidation,
): ConsolidationFigures {
  const { interval, shares } = options;
  const hosts = options.hosts.map((type, index) => new Host(index, type));
  const all = shares.map((own, index) => new VirtualMachine(vmTypeOf(index, shares.length), own, interval));
  placeAll(all, hosts, consolidation);
  const datacenter = new Datacenter(
    hosts,
    all.filter(({ host }) => host),
    interval,
  );
  const unplaced = all.filter(({ host }) => !host).length;
  const end = (shares[0]?.length ?? 0) * interval;
  const migrations = run(datacenter, consolidation, interval, end);
  datacenter.end();
  return { ...figuresOf(hosts, all), migrations, unplaced };
}

/** One after the other; at first a machine asks for all that it has, of cpu, memory and bandwidth. */
function placeAll(machines: readonly VirtualMachine[], hosts: readonly Host[], consolidation: Consolidation): void {
  const free = new Map(
    hosts.map(({ type }, index) => [hosts[index]!, { memory: type.memory, bandwidth: type.bandwidth }]),
  );
  for (const machine of machines) {
    const { mips, memory } = machine.type;
    machine.requested = mips;
    const roomy = hosts.filter((host) => {
      const left = free.get(host)!;
      return (
        host.type.coreMips >= mips &&
        host.available >= mips &&
        left.memory >= memory &&
        left.bandwidth >= machineBandwidth
      );
    });
    const host = consolidation.place(machine, roomy);
    if (!host) continue;
    const left = free.get(host)!;
    left.memory -= memory;
    left.bandwidth -= machineBandwidth;
    host.put(machine);
    machine.host = host;
  }
}

/** Returns how many migrations were begun. */
function run(datacenter: Datacenter, consolidation: Consolidation, interval: number, end: number): number {
  const begun: Migration[] = [];
  const events = new EventQueue();
  events.push(workBegins + interval, decide, 0);
  while (events.nextTime < end && events.next()) {
    const { time, kind, payload } = events;
    if (kind === migrate) {
      datacenter.finish(begun[payload]!, time, events.nextTime > time);
      continue;
    }
    datacenter.update(time);
    const migrations = consolidation.plan(datacenter.hosts, time);
    datacenter.begin(migrations, time);
    for (const migration of migrations) {
      const { machine, target } = migration;
      events.push(time + migrationTime(machine.type.memory, target.type.bandwidth), migrate, begun.length);
      begun.push(migration);
    }
    events.push(time + interval, decide, 0);
  }
  return begun.length;
}

function figuresOf(
  hosts: readonly Host[],
  machines: readonly VirtualMachine[],
): Omit<ConsolidationFigures, 'migrations' | 'unplaced'> {
  const energyKwh = sum(hosts, ({ energy }) => energy) / joulesPerKilowattHour;
  const requested = sum(machines, ({ served }) => served.requested);
  const pdm = ratio(
    sum(machines, ({ served }) => served.lostToMigration),
    requested,
  );
  const slatah = ratio(
    sum(hosts, ({ time }) => time.overloaded),
    sum(hosts, ({ time }) => time.active),
  );
  const shutdowns = hosts.flatMap(({ timesBeforeShutdown }) => timesBeforeShutdown);
  const allocated = sum(machines, ({ served }) => served.allocated);
  return {
    energyKwh,
    pdm,
    slatah,
    slav: slatah * pdm,
    esv: energyKwh * slatah * pdm,
    hostShutdowns: shutdowns.length,
    meanTimeBeforeShutdown: mean(shutdowns),
    meanTimeBeforeMigration: mean(machines.flatMap(({ migrationTimes }) => migrationTimes)),
    overallSlaViolation: ratio(requested - allocated, requested),
    averageSlaViolation: mean(machines.flatMap(({ shortfalls }) => shortfalls)),
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

/** 0 where there is nothing to compare. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const mean = (values: readonly number[]): number =>
  ratio(
    sum(values, (value) => value),
    values.length,
  );
