/**
 * LowNodeUtilization and HighNodeUtilization as kube-descheduler decides (pkg/framework/plugins/nodeutilization of
 * kubernetes-sigs/descheduler, 2026-06). A node is underutilized when none of its resources is above `thresholds`, overutilized when any
 * is above `targetThresholds`, in % of what is allocatable.
 *
 * Low: use as measured. From the overutilized nodes, the most used first by the plain sum of their numbers, pods are evicted while a
 * resource is above its target and of no resource what the underutilized nodes have left up to their targets is used up; not at all
 * where no node, or every node, is underutilized.
 *
 * High: what is requested counts, not what is used. From the underutilized nodes, the least used first, pods are evicted while the
 * other nodes have something left of every resource.
 */
import { kubeDefault } from '../../src/scheduling/policies/kube-default.js';
import { mostAllocated } from '../../src/scheduling/policies/most-allocated.js';
import type { MachineHosts } from '../../src/simulation/engine/machine-hosts.js';
import type { Rebalancer } from '../../src/simulation/engine/rebalancing.js';

const resources = ['cpu', 'memory', 'pods'] as const;
type Amounts = Record<(typeof resources)[number], number>;

/** Shares of what is allocatable; absent: no threshold. */
type Thresholds = Readonly<Partial<Amounts>>;

interface NodeUsage {
  readonly row: number;
  readonly usage: Amounts;
  readonly capacity: Amounts;
}

const amountsFrom = (of: (resource: (typeof resources)[number]) => number): Amounts => ({
  cpu: of('cpu'),
  memory: of('memory'),
  pods: of('pods'),
});

function usages({ nodes }: MachineHosts, by: 'use' | 'requested'): readonly NodeUsage[] {
  return Array.from(nodes.infos(), ({ row }) => ({
    row,
    usage: amountsFrom((resource) => nodes.basicColumn(resource)[resource === 'pods' ? 'requested' : by][row]!),
    capacity: amountsFrom((resource) => nodes.basicColumn(resource).capacity[row]!),
  }));
}

const isAbove = ({ usage, capacity }: NodeUsage, thresholds: Thresholds): boolean =>
  resources.some((resource) => usage[resource] > (thresholds[resource] ?? Infinity) * capacity[resource]);

/** The numbers of all resources, whatever their units. */
const plainSum = ({ usage }: NodeUsage): number => usage.cpu + usage.memory + usage.pods;

/** What nodes have left of each resource, up to their thresholds. */
const leftOf = (nodes: readonly NodeUsage[], thresholds: Thresholds): Amounts =>
  amountsFrom((resource) =>
    nodes.reduce(
      (sum, { usage, capacity }) => sum + (thresholds[resource] ?? 1) * capacity[resource] - usage[resource],
      0,
    ),
  );

const isUsedUp = (left: Amounts): boolean => resources.some((resource) => left[resource] <= 0);

export const lowNodeUtilization = (low: number, target: number): Rebalancer => ({
  name: `LowNodeUtilization ${100 * low}/${100 * target}`,
  policy: kubeDefault(),
  evict(hosts) {
    const thresholds = { cpu: low, memory: low };
    const targets = { cpu: target, memory: target };
    const all = usages(hosts, 'use');
    const under = all.filter((node) => !isAbove(node, thresholds));
    const over = all.filter((node) => isAbove(node, thresholds) && isAbove(node, targets));
    if (under.length === 0 || under.length === all.length || over.length === 0) return [];
    const left = leftOf(under, targets);
    const evicted: string[] = [];
    for (const node of over.toSorted((a, b) => plainSum(b) - plainSum(a)))
      for (const { key } of hosts.nodes.info(node.row)?.pods ?? []) {
        if (!isAbove(node, targets) || isUsedUp(left)) break;
        take(node.usage, left, { ...amountsFrom((resource) => hosts.useOf(key)[resource] ?? 0), pods: 1 });
        evicted.push(key);
      }
    return evicted;
  },
});

export const highNodeUtilization = (low: number): Rebalancer => ({
  name: `HighNodeUtilization ${100 * low}`,
  policy: mostAllocated(),
  evict(hosts) {
    const thresholds = { cpu: low, memory: low };
    const all = usages(hosts, 'requested');
    const under = all.filter((node) => !isAbove(node, thresholds));
    const others = all.filter((node) => isAbove(node, thresholds));
    if (under.length === 0 || others.length === 0) return [];
    const left = leftOf(others, {});
    const evicted: string[] = [];
    for (const node of under.toSorted((a, b) => plainSum(a) - plainSum(b)))
      for (const { key, shape } of hosts.nodes.info(node.row)?.pods ?? []) {
        if (isUsedUp(left)) break;
        take(node.usage, left, { cpu: shape.requests.cpu ?? 0, memory: shape.requests.memory ?? 0, pods: 1 });
        evicted.push(key);
      }
    return evicted;
  },
});

function take(usage: Amounts, left: Amounts, amounts: Amounts): void {
  for (const resource of resources) {
    usage[resource] -= amounts[resource];
    left[resource] -= amounts[resource];
  }
}
