import { nearest } from '../../api/schema/suggestion.js';
import type { Weights } from './load-model.js';

/** How far a sum of weights may be from 1: what is lost when they are written with six digits. */
const tolerance = 1e-6;

export interface WeightRule {
  /** Whether they have to add up to 1. */
  readonly sum: 'one' | 'any';
  /** The resources there are; absent: any name will do. */
  readonly resources?: readonly string[];
}

/** Everything that is wrong with some weights, a sentence each. */
export function weightObjections(weights: Weights, { sum, resources }: WeightRule): readonly string[] {
  const entries = Object.entries(weights);
  const objections = entries
    .filter(([, weight]) => !(weight >= 0 && weight < Infinity))
    .map(([resource, weight]) => `the weight of ${resource} must be 0 or more, is ${weight}`);
  for (const [resource] of entries)
    if (resources && !resources.includes(resource)) objections.push(unknownResource(resource, resources));
  if (objections.length > 0) return objections;
  const total = entries.reduce((all, [, weight]) => all + weight, 0);
  if (total === 0) objections.push('at least one weight must be above 0');
  else if (sum === 'one' && Math.abs(total - 1) > tolerance)
    objections.push(`the weights must add up to 1, they add up to ${Number(total.toPrecision(6))}`);
  return objections;
}

function unknownResource(resource: string, resources: readonly string[]): string {
  const like = nearest(resource, resources);
  return `there is no resource ${resource}${like === undefined ? ` (there are ${resources.join(', ')})` : `; did you mean ${like}?`}`;
}

export function equalWeights(resources: readonly string[]): Weights {
  return Object.fromEntries(resources.map((resource) => [resource, 1 / resources.length]));
}

/**
 * Weights from an order of importance, the most important first: rank-order centroid, w_i = (1/n) · Σ_{k ≥ i} 1/k, the mean of all
 * weights that have this order and add up to 1 (Barron and Barrett, Management Science 42(11):1515, 1996).
 */
export function rankOrderWeights(ranking: readonly string[]): Weights {
  const { length } = ranking;
  const weights: [string, number][] = [];
  let tail = 0;
  for (let rank = length; rank >= 1; rank--) {
    tail += 1 / rank;
    weights.unshift([ranking[rank - 1] ?? '', tail / length]);
  }
  return Object.fromEntries(weights);
}
