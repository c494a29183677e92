/** Seven servers with virtual machines as they come: the initial state of Xu and Chen. */
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Random } from '../../../support/random.js';
import { g5, vmCapacity, vmTypes } from '../../engine/cloudsim-types.js';
import { type HostedMachine, MachineHosts } from '../../engine/machine-hosts.js';
import { replicatedPod, snapshotOf } from '../../engine/objects.js';

export const resources = ['cpu', 'memory', 'network'] as const;

/** Of the paper. They add up to 105; it says 150. */
export const publishedCounts = [17, 16, 18, 10, 14, 16, 14];
export const publishedSum = 150;

/** The paper does not say what a server has: 8 cores of CloudSim's larger host, 32 GiB, 1 Gbit/s hold 18 machines and more. */
export const server: Amounts = {
  cpu: 4 * (g5.capacity.cpu ?? 0),
  memory: 32 * 2 ** 30,
  network: g5.capacity.network ?? 0,
  pods: 110,
};

/** By memory, which is reserved in full, a server holds at least so many machines. */
export const mostMachines = 24;

/** A machine requests its memory in full, and of its cpu what it uses in the mean. */
const meanCpu = 0.5;

/**
 * CloudSim's four types of machines in turn. What one uses of its cpu is drawn between 10 and 90 %; of its memory it uses 20 % and up to half
 * as much again as its cpu share, of its network between 10 and 60 %, three quarters of which go with its cpu.
 */
export function sevenServers(counts: readonly number[], random: Random): MachineHosts {
  const nodes = snapshotOf(counts.map(() => ({ capacity: server })));
  const draws = random.split('use');
  const machines: HostedMachine[] = [];
  const rows: number[] = [];
  for (const [row, count] of counts.entries())
    for (let n = 0; n < count; n++) {
      machines.push(machineOf(machines.length, draws));
      rows.push(row);
    }
  const hosts = new MachineHosts(nodes, machines, 0);
  for (const [index, key] of hosts.keys.entries()) hosts.put(key, rows[index] ?? -1);
  return hosts;
}

function machineOf(index: number, random: Random): HostedMachine {
  const type = vmTypes[index % vmTypes.length] ?? { mips: 0, memory: 0 };
  const { cpu = 0, memory = 0, network = 0 } = vmCapacity(type);
  const [busy, other] = [0.1 + 0.8 * random.uniform(), random.uniform()];
  const use: Amounts = {
    cpu: Math.round(busy * cpu),
    memory: Math.round((0.2 + 0.5 * busy) * memory),
    network: Math.round((0.1 + 0.5 * (0.75 * busy + 0.25 * other)) * network),
  };
  const requests = { cpu: meanCpu * cpu, memory };
  return { pod: replicatedPod(`vm-${index + 1}`, requests, { estimate: use }), use: () => use };
}
