import { type Demand, refuseLacking, refuseLackingAny } from '../kernels/fit.js';
import type { PodShape } from '../pod-shape.js';
import { formatAmount } from '../resources/amounts.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Filter, nobody } from './filter.js';

/** What a pod asks for must be left of what the node has, for every resource. */
export const nodeResourcesFit: Filter = {
  name: 'NodeResourcesFit',
  apply: ({ requests }, nodes, feasible) => {
    const demands: Demand[] = [];
    for (const name in requests) {
      const amount = requests[name] ?? 0;
      if (amount <= 0) continue;
      const column = nodes.column(name);
      // a resource that no node has
      if (!column) return void feasible.fill(0);
      demands.push({ capacity: column.capacity, requested: column.requested, amount });
    }
    const [one, two, three, ...others] = demands;
    if (!(one && two && three)) return demands.forEach((demand) => refuseLacking(feasible, nodes.rows, demand));
    refuseLackingAny(feasible, nodes.rows, one, two, three);
    for (const demand of others) refuseLacking(feasible, nodes.rows, demand);
  },
  refuses: isShort,
  explain: (pod, nodes, row, nominated = [], gone = nobody) => {
    if (!isShort(pod, nodes, row, nominated, gone)) return undefined;
    const shortages = shortagesOf(pod, nodes, row, nominated, gone);
    return {
      filter: 'NodeResourcesFit',
      reasons: shortages.map(({ name }) => (name === 'pods' ? 'Too many pods' : `Insufficient ${name}`)),
      unresolvable: shortages.some(({ name, amount, capacity }) => name !== 'pods' && amount > capacity),
      remedy: shortages.map(remedyOf).join('; '),
    };
  },
};

const remedyOf = ({ name, amount, left, capacity }: Shortage): string => {
  const [wanted, free, all] = [amount, left, capacity].map((value) => formatAmount(name, value));
  return `${name}: ${wanted} requested, ${amount > capacity ? `the whole node has ${all}` : `${free} of ${all} left`}`;
};

interface Shortage {
  readonly name: string;
  readonly amount: number;
  readonly left: number;
  readonly capacity: number;
}

function shortagesOf(
  { requests }: PodShape,
  nodes: Snapshot,
  row: number,
  nominated: readonly PodInfo[],
  gone: ReadonlySet<PodInfo>,
): Shortage[] {
  return inOrder(Object.keys(requests)).flatMap((name) => {
    const amount = requests[name] ?? 0;
    const column = nodes.column(name);
    const capacity = column?.capacity[row] ?? 0;
    const left = leftOf(name, nodes, row, nominated, gone);
    return amount > 0 && amount > left ? [{ name, amount, left, capacity }] : [];
  });
}

/** Whether there is any shortage: asked much more often than which. */
function isShort(
  { requests }: PodShape,
  nodes: Snapshot,
  row: number,
  nominated: readonly PodInfo[],
  gone: ReadonlySet<PodInfo>,
): boolean {
  for (const name in requests) {
    const amount = requests[name] ?? 0;
    if (amount > 0 && amount > leftOf(name, nodes, row, nominated, gone)) return true;
  }
  return false;
}

function leftOf(
  resource: string,
  nodes: Snapshot,
  row: number,
  nominated: readonly PodInfo[],
  gone: ReadonlySet<PodInfo>,
): number {
  const column = nodes.column(resource);
  const requested = (column?.requested[row] ?? 0) - heldBy(gone, resource);
  return (column?.capacity[row] ?? 0) - requested - heldBy(nominated, resource);
}

function heldBy(pods: Iterable<PodInfo>, resource: string): number {
  let total = 0;
  for (const { shape } of pods) total += shape.requests[resource] ?? 0;
  return total;
}

/** That of kube-scheduler's reasons; what it takes in no order, by name. */
const first = ['pods', 'cpu', 'memory', 'ephemeral-storage'];

const inOrder = (names: readonly string[]): readonly string[] => [
  ...first.filter((name) => names.includes(name)),
  ...names.filter((name) => !first.includes(name)).sort(),
];
