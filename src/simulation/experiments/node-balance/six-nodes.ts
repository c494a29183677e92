/** Six nodes, two of which use more than 90 % of their network: Fig. 3 and Table 1 of Xu and Chen. */
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Random } from '../../../support/random.js';
import { type HostedMachine, MachineHosts } from '../../engine/machine-hosts.js';
import { replicatedPod, snapshotOf } from '../../engine/objects.js';

export const resources = ['cpu', 'memory', 'network'] as const;

/** By importance: the mean use of all nodes, the highest first, as the paper's algorithm ranks them. */
export const ranking = ['network', 'memory', 'cpu'] as const;

/** 8 cores, 16 GiB, 1 Gbit/s. */
export const capacity = { cpu: 8000, memory: 16 * 2 ** 30, network: 125e6 } as const;

/**
 * Shares of what each node has that its pods use, all together. The paper says of nodes 2 and 5 that more than 90 % of their network is used
 * and that their load is over 16; the other figures are ours.
 */
export const usedBefore: readonly Readonly<Record<(typeof resources)[number], number>>[] = [
  { cpu: 0.35, memory: 0.4, network: 0.3 },
  { cpu: 0.3, memory: 0.35, network: 0.94 },
  { cpu: 0.45, memory: 0.3, network: 0.25 },
  { cpu: 0.25, memory: 0.35, network: 0.35 },
  { cpu: 0.4, memory: 0.3, network: 0.92 },
  { cpu: 0.3, memory: 0.45, network: 0.28 },
];

/** By requests a node has room for so many of these pods. */
export const mostPods = 10;

/** The name of a figure of a node, counted from 1: `node2NetworkAfter`. */
export const figureName = (row: number, name: string, when: 'Before' | 'After'): string =>
  `node${row + 1}${name.charAt(0).toUpperCase()}${name.slice(1)}${when}`;

const epoch = 0;

/**
 * As many pods on each node, all of the same requests, as they come without a look at use. What the pods of a node use adds up to the node's figures; the seed
 * says how it is divided: the heaviest uses up to three times as much as the lightest.
 */
export function sixNodes(podsOfNode: number, random: Random): MachineHosts {
  const nodes = snapshotOf(usedBefore.map(() => ({ capacity: { ...capacity, pods: 110 } })));
  const requests = { cpu: capacity.cpu / mostPods, memory: Math.floor(capacity.memory / mostPods) };
  const machines = usedBefore.flatMap((used, node) => podsOf(node, used, { podsOfNode, requests, random }));
  const hosts = new MachineHosts(nodes, machines, epoch);
  for (const [index, key] of hosts.keys.entries()) hosts.put(key, Math.floor(index / podsOfNode));
  return hosts;
}

interface PodsOptions {
  readonly podsOfNode: number;
  readonly requests: Amounts;
  readonly random: Random;
}

function podsOf(
  node: number,
  used: (typeof usedBefore)[number],
  { podsOfNode, requests, random }: PodsOptions,
): readonly HostedMachine[] {
  const own = random.split(`node ${node}`);
  const parts = resources.map((resource) => {
    const draws = Array.from({ length: podsOfNode }, () => 0.5 + own.uniform());
    const all = draws.reduce((sum, draw) => sum + draw, 0);
    return draws.map((draw) => (draw / all) * used[resource] * capacity[resource]);
  });
  return Array.from({ length: podsOfNode }, (_, pod) => {
    const use: Amounts = Object.fromEntries(resources.map((resource, index) => [resource, parts[index]?.[pod] ?? 0]));
    return {
      pod: replicatedPod(`pod-${node + 1}-${pod + 1}`, requests, { estimate: rounded(use) }),
      use: () => use,
    };
  });
}

/** Whole units, as quantities are. */
const rounded = (amounts: Amounts): Amounts =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, Math.round(amount)]));
