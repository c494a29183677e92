/** The load models there are, by name, and how they are set. A new one is a file of its own and a line here. */
import { z } from 'zod';
import type { LoadModel, LoadOptions, Weights } from './load-model.js';
import { volume } from './volume.js';
import { weightedSum } from './weighted-sum.js';
import { equalWeights, rankOrderWeights, type WeightRule, weightObjections } from './weights.js';

/** What counts unless something else is set: network and disk only on nodes that declare a capacity of them. */
export const loadResources = ['cpu', 'memory', 'network', 'disk'] as const;

interface LoadModelType {
  readonly about: string;
  readonly sum: WeightRule['sum'];
  /** All weights, from those that are set. */
  complete(weights: Weights | undefined): Weights;
  create(weights: Weights, options: LoadOptions): LoadModel;
}

export const loadModels = {
  'weighted-sum': {
    about: 'The weighted mean of the utilization of all resources; the weights add up to 1.',
    sum: 'one',
    complete: (weights) => weights ?? equalWeights(loadResources),
    create: weightedSum,
  },
  volume: {
    about:
      'The product of 1/(1 − weight · utilization) over all resources: it grows without bound as any of them becomes full. A weight is 1 unless set.',
    sum: 'any',
    complete: (weights) => ({ ...Object.fromEntries(loadResources.map((resource) => [resource, 1])), ...weights }),
    create: volume,
  },
} as const satisfies Record<string, LoadModelType>;

const names = ['weighted-sum', 'volume'] as const satisfies readonly (keyof typeof loadModels)[];

const weights = z.record(z.string().min(1), z.number());
const ranking = z.array(z.string().min(1)).min(1);

export const loadSettings = z
  .strictObject({
    model: z
      .enum(names)
      .default('weighted-sum')
      .describe(names.map((name) => `${name}: ${loadModels[name].about}`).join(' ')),
    weights: weights
      .optional()
      .describe('The weight of each resource. Default: those of cpu, memory, network and disk are equal.'),
    ranking: ranking
      .optional()
      .describe('Instead of weights: the resources by importance, the most important first (rank-order centroid).'),
  })
  .check(({ value, issues }) => {
    for (const message of objections(value))
      issues.push({ code: 'custom', message, input: value.weights ?? value.ranking, path: [] });
  })
  .describe('How the use of several resources becomes one load.');

export type LoadSettings = z.output<typeof loadSettings>;

function objections({ model, weights: given, ranking: order }: LoadSettings): readonly string[] {
  if (given && order) return ['must have weights or a ranking, not both'];
  if (order && new Set(order).size < order.length) return ['must not rank a resource twice'];
  return weightObjections(weightsOf({ model, weights: given, ranking: order }), { sum: loadModels[model].sum });
}

function weightsOf({ model, weights: given, ranking: order }: LoadSettings): Weights {
  return order ? rankOrderWeights(order) : loadModels[model].complete(given);
}

/** The load model of some settings, which are valid. */
export function createLoadModel(settings: LoadSettings, options: LoadOptions = { deviations: 0 }): LoadModel {
  return loadModels[settings.model].create(weightsOf(settings), options);
}
