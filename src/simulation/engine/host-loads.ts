/** What hosts use, as figures: the load models' own, read from a snapshot that was measured. */
import { deviation } from '../../scheduling/kernels/deviation.js';
import type { LoadModel } from '../../scheduling/load/load-model.js';
import { volume } from '../../scheduling/load/volume.js';
import { weightedSum } from '../../scheduling/load/weighted-sum.js';
import { equalWeights, rankOrderWeights } from '../../scheduling/load/weights.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';

/** Unnormalised weights of 1: the only reading of the paper's load under which its limit of 16 makes sense (see `volume`). */
export const volumeOf = (resources: readonly string[]): LoadModel =>
  volume(Object.fromEntries(resources.map((resource) => [resource, 1])), { deviations: 0 });

/** The mean use of some resources: the weighted sum with equal weights. */
export const meanUseOf = (resources: readonly string[]): LoadModel =>
  weightedSum(equalWeights(resources), { deviations: 0 });

/** Q by weights from a ranking, the most important resource first: what policies with that ranking look at. */
export const rankedLoad = (ranking: readonly string[]): LoadModel =>
  weightedSum(rankOrderWeights(ranking), { deviations: 0 });

/** The load of each row. */
export function loadsOf(model: LoadModel, nodes: Snapshot): Float64Array {
  const loads = new Float64Array(nodes.present.length);
  model.loads(nodes, undefined, loads);
  return loads.slice(0, nodes.rows);
}

/** The utilization of each of the model's resources of a row, by resource. */
export const utilizationOf = (model: LoadModel, nodes: Snapshot, row: number): Readonly<Record<string, number>> =>
  Object.fromEntries(model.terms(nodes, row).map(({ resource, utilization }) => [resource, utilization]));

/** 1 for each row that holds a machine. */
export function inUse(nodes: Snapshot): Uint8Array {
  const marked = new Uint8Array(nodes.rows);
  for (const { row, pods } of nodes.infos()) marked[row] = pods.length > 0 ? 1 : 0;
  return marked;
}

/** The standard deviation of the load over the hosts in use (B7): one that was emptied is stopped, and is no part of it. */
export const imbalanceOf = (loads: Float64Array, used: Uint8Array): number => deviation(loads, used, loads.length);
