/**
 * The machines and hosts of CloudSim's power-aware experiments (CloudSim 4.0), in the units of the engine: a MIPS is a thousandth of a core of
 * 1,000 MIPS, memory in bytes, network and disk in bytes per second.
 */
import type { Amounts } from '../../scheduling/resources/amounts.js';
import { measuredWatts, type PowerModel, tabulatedPower } from '../../scheduling/power/power-model.js';

const mebibyte = 2 ** 20;
/** A Mbit/s. */
const megabit = 125_000;

export interface VmType {
  readonly mips: number;
  /** In MiB. */
  readonly memory: number;
}

/** The four types of virtual machines, one core each and 100 Mbit/s. */
export const vmTypes: readonly VmType[] = [
  { mips: 2500, memory: 870 },
  { mips: 2000, memory: 1740 },
  { mips: 1000, memory: 1740 },
  { mips: 500, memory: 613 },
];

const smallest: VmType = { mips: 500, memory: 613 };

/** The type of machine `index` of `count`: equal parts in the order of the types, as there. */
export const vmTypeOf = (index: number, count: number): VmType =>
  vmTypes[Math.floor(index / Math.ceil(count / vmTypes.length))] ?? smallest;

/** CloudSim gives disks no bandwidth: a machine's is ours, a fifth of that of a host, so that five machines may use all of it. */
export const vmCapacity = ({ mips, memory }: VmType): Amounts => ({
  cpu: mips,
  memory: memory * mebibyte,
  network: 100 * megabit,
  disk: 100e6,
});

export interface HostType {
  readonly name: string;
  readonly capacity: Amounts;
  readonly power: PowerModel;
}

/** The larger of its two types of hosts, HP ProLiant ML110 G5: two cores of 2,660 MIPS, 4 GiB, 1 Gbit/s. The disk's 500 MB/s are ours. */
export const g5: HostType = {
  name: 'G5',
  capacity: { cpu: 5320, memory: 4096 * mebibyte, network: 1000 * megabit, disk: 500e6, pods: 110 },
  power: tabulatedPower(measuredWatts.g5),
};
