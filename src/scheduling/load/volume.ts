import { multiplyVolume, volumeFactor } from '../kernels/volume.js';
import type { LoadModel, LoadOptions, Weights } from './load-model.js';
import { addedOf, utilizations } from './utilization.js';

/**
 * Q_j = ∏_r 1/(1 − w_r·Q_rj), with weights that are not normalised: the volume of Sandpiper (Wood et al., NSDI 2007), and the only
 * reading under which the load limit of 16 of Xu and Chen makes sense. An empty node has 1; one resource at 90 % and two at 20 % give
 * 15.6. Near and beyond w_r·Q_rj = 1 see `volumeFactor`. A resource of which a node has no capacity counts with the factor 1.
 */
export function volume(weights: Weights, { deviations }: LoadOptions): LoadModel {
  const resources = Object.keys(weights);
  const shares = utilizations(resources, deviations);
  const weightOf = (resource: string) => weights[resource] ?? 0;
  return {
    name: 'volume',
    weights,
    loads(nodes, added, out) {
      out.fill(1, 0, nodes.rows);
      const amounts = addedOf(nodes, resources, added);
      for (const [index, { resource, used, unit }] of shares.of(nodes).entries())
        multiplyVolume(used, unit, weightOf(resource), amounts[index]!, nodes.rows, out);
    },
    load(nodes, row, added) {
      const amounts = addedOf(nodes, resources, added);
      return shares
        .of(nodes)
        .reduce(
          (load, { resource, used, unit }, index) =>
            load * volumeFactor(weightOf(resource) * (used[row]! + amounts[index]! * unit[row]!)),
          1,
        );
    },
    terms(nodes, row, added) {
      const amounts = addedOf(nodes, resources, added);
      const terms = shares.of(nodes).flatMap(({ resource, used, unit }, index) => {
        if (!nodes.column(resource)?.capacity[row]) return [];
        const weight = weightOf(resource);
        const utilization = used[row]! + amounts[index]! * unit[row]!;
        return [{ resource, utilization, weight, logarithm: Math.log(volumeFactor(weight * utilization)) }];
      });
      // a product has no summands: what it is above 1 is shared out as its logarithm is
      const total = terms.reduce((all, { logarithm }) => all + logarithm, 0);
      const above = this.load(nodes, row, added) - 1;
      return terms.map(({ logarithm, ...term }) => ({
        ...term,
        part: total > 0 ? (above * logarithm) / total : 0,
      }));
    },
    uniform: (utilization) =>
      resources.reduce((load, resource) => load * volumeFactor(weightOf(resource) * utilization), 1),
  };
}
