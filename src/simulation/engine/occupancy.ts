/** How hosts are occupied over time by the machines of a placement. */
import type { LoadModel } from '../../scheduling/load/load-model.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import { mean } from '../../support/statistics.js';
import { imbalanceOf, inUse, loadsOf } from './host-loads.js';
import { type TracedResource, tracedResources, type UseOverTime } from './use-over-time.js';

export interface Window {
  /** Samples from this one on, to before `to`. */
  readonly from: number;
  readonly to: number;
}

export interface Occupancy {
  /** Mean use of each host over the window, as a share of what it has. */
  readonly use: Readonly<Record<TracedResource, Float64Array>>;
  /** Mean load Q of each host over the window. */
  readonly load: Float64Array;
  /** Loads of all hosts at one sample after the other. */
  readonly loads: readonly Float64Array[];
  /** The standard deviation of these mean loads over the hosts in use. */
  readonly imbalance: number;
  /** The same of the loads at each sample, the mean of all samples: with what comes and goes. */
  readonly imbalanceAtOnce: number;
  /** 1 for each host that holds a machine. */
  readonly used: Uint8Array;
  /** How often the machines of a host ask for more cpu than it has: a share of the samples of the hosts in use. */
  readonly overloaded: number;
}

/**
 * @param nodes the hosts with their machines; what was measured of them is overwritten
 * @param rows the row of each machine
 */
export function occupancyOf(
  nodes: Snapshot,
  rows: ArrayLike<number>,
  use: UseOverTime,
  load: LoadModel,
  { from, to }: Window,
): Occupancy {
  const hosts = nodes.rows;
  const used = inUse(nodes);
  const sums = perResource(() => new Float64Array(hosts));
  const now = perResource(() => new Float64Array(hosts));
  const [loads, imbalances]: [Float64Array[], number[]] = [[], []];
  let [overloaded, inUseSamples] = [0, 0];
  for (let sample = from; sample < to; sample++) {
    for (const resource of tracedResources) use.addUp(resource, sample, rows, now[resource]);
    setUse(nodes, now, sample);
    for (let row = 0; row < hosts; row++) {
      for (const resource of tracedResources) sums[resource][row]! += now[resource][row]!;
      if (used[row] !== 1) continue;
      inUseSamples++;
      if (now.cpu[row]! > nodes.basicColumn('cpu').capacity[row]!) overloaded++;
    }
    const current = loadsOf(load, nodes);
    loads.push(current);
    imbalances.push(imbalanceOf(current, used));
  }
  const meanLoad = new Float64Array(hosts);
  for (const one of loads) for (let row = 0; row < hosts; row++) meanLoad[row]! += one[row]! / loads.length;
  return {
    use: perResource((resource) => sums[resource].map((sum, row) => shareOf(nodes, resource, row, sum / (to - from)))),
    load: meanLoad,
    loads,
    imbalance: imbalanceOf(meanLoad, used),
    imbalanceAtOnce: mean(imbalances),
    used,
    overloaded: inUseSamples === 0 ? 0 : overloaded / inUseSamples,
  };
}

const perResource = <T>(of: (resource: TracedResource) => T): Record<TracedResource, T> => ({
  cpu: of('cpu'),
  memory: of('memory'),
  network: of('network'),
  disk: of('disk'),
});

function shareOf(nodes: Snapshot, resource: TracedResource, row: number, amount: number): number {
  const capacity = nodes.column(resource)?.capacity[row] ?? 0;
  return capacity > 0 ? amount / capacity : 0;
}

/** Machines came long before: nothing counts beside what is measured. */
function setUse(nodes: Snapshot, now: Readonly<Record<TracedResource, Float64Array>>, sample: number): void {
  const [from, to] = [settled + sample, settled + sample + 1];
  for (const { row } of nodes.infos()) nodes.setUse(row, { from, to, mean: perResource((one) => now[one][row]!) });
}

/** After every machine has come. */
const settled = 1;
