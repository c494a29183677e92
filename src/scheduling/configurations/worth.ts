import type { Weights } from '../load/load-model.js';
import type { PodShape } from '../pod-shape.js';
import type { Term } from '../policies/policy.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/**
 * v_m = Σ_r w_r·a_rm/C_r: what one pod of a class is worth on a node, the weights renormalised over what the node has. a is the pod's
 * estimate, which counts small defaults where it requests nothing: such pods wait for a node too.
 */
export function worth(shape: PodShape, nodes: Snapshot, row: number, weights: Weights): number {
  let [total, value] = [0, 0];
  for (const resource in weights) {
    const capacity = nodes.column(resource)?.capacity[row] ?? 0;
    if (capacity <= 0) continue;
    const weight = weights[resource] ?? 0;
    total += weight;
    value += (weight * (shape.estimate[resource] ?? 0)) / capacity;
  }
  return total > 0 ? value / total : 0;
}

/** The same by resource. */
export function worthTerms(shape: PodShape, nodes: Snapshot, row: number, weights: Weights): readonly Term[] {
  const present = Object.keys(weights).filter((resource) => (nodes.column(resource)?.capacity[row] ?? 0) > 0);
  const own = Object.fromEntries(present.map((resource) => [resource, weights[resource] ?? 0]));
  const total = Object.values(own).reduce((sum, weight) => sum + weight, 0);
  return present.map((resource) => ({
    name: resource,
    value: total > 0 ? ((own[resource] ?? 0) / total) * worth(shape, nodes, row, { [resource]: 1 }) : 0,
    detail: 'what the pod adds to the weighted use',
  }));
}
