import { addScaled, inFours } from '../kernels/fours.js';
import { RowCache } from '../snapshot/row-cache.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { LoadModel, LoadOptions, LoadTerm, Weights } from './load-model.js';
import { addedOf, utilizations } from './utilization.js';

interface Lines {
  /** The load of each row as it is. */
  readonly base: Float64Array;
  /** For each resource, in fours: by how much a unit more raises the load of each row. */
  readonly slopes: readonly Float64Array[];
}

/**
 * Q_j = Σ_r w_r·Q_rj with Q_rj = (U_rj + z·σ_rj + a_r)/C_rj and Σ_r w_r = 1: formulas (1) and (2) of Xu and Chen, Computer & Digital
 * Engineering 2022(9). The weights are renormalised for each node over the resources of which it has capacity. A node that has
 * none of them has the load 0.
 *
 * The load is linear in what is added, so that both lines are kept for each node and a call adds one product for each resource.
 */
export function weightedSum(weights: Weights, { deviations }: LoadOptions): LoadModel {
  const resources = Object.keys(weights);
  const shares = utilizations(resources, deviations);
  const weightsOf = (nodes: Snapshot, row: number): readonly number[] => {
    const own = resources.map((resource) => {
      const capacity = nodes.column(resource)?.capacity[row] ?? 0;
      return capacity > 0 ? (weights[resource] ?? 0) : 0;
    });
    const total = own.reduce((all, weight) => all + weight, 0);
    return own.map((weight) => (total > 0 ? weight / total : 0));
  };
  const lines = new RowCache<Lines>(
    (rows) => ({ base: new Float64Array(rows), slopes: inFours(resources.map(() => new Float64Array(rows))) }),
    (nodes, row, { base, slopes }) => {
      const own = weightsOf(nodes, row);
      const used = shares.of(nodes);
      base[row] = own.reduce((load, weight, index) => load + weight * used[index]!.used[row]!, 0);
      for (const [index, weight] of own.entries()) slopes[index]![row] = weight * used[index]!.unit[row]!;
    },
  );
  return {
    name: 'weighted-sum',
    weights,
    loads(nodes, added, out) {
      const { base, slopes } = lines.of(nodes);
      const amounts = addedOf(nodes, resources, added, slopes.length);
      let from = base;
      for (let first = 0; first < slopes.length; first += 4) {
        addScaled(from, slopes, amounts, first, nodes.rows, out);
        from = out;
      }
    },
    load(nodes, row, added) {
      const { base, slopes } = lines.of(nodes);
      const amounts = addedOf(nodes, resources, added, slopes.length);
      return slopes.reduce((load, slope, index) => load + amounts[index]! * slope[row]!, base[row]!);
    },
    terms(nodes, row, added): readonly LoadTerm[] {
      const own = weightsOf(nodes, row);
      const amounts = addedOf(nodes, resources, added);
      return shares.of(nodes).flatMap(({ resource, used, unit }, index) => {
        if (!nodes.column(resource)?.capacity[row]) return [];
        const weight = own[index]!;
        const utilization = used[row]! + amounts[index]! * unit[row]!;
        return [{ resource, utilization, weight, part: weight * utilization }];
      });
    },
    uniform: (utilization) => utilization,
  };
}
