import { z } from 'zod';
import { type Prices, priceSettings } from '../../../scheduling/cost/cost.js';
import { g5 } from '../../engine/cloudsim-types.js';
import { experiment } from '../experiment.js';
import { comparedPolicies, policyOf } from '../policies.js';
import { report } from './report.js';
import { runBatch } from './run-batch.js';
import { drawTaskClasses } from './task-classes.js';

const usual = priceSettings.parse({});
const price = (of: string, fallback: number) =>
  z.number().min(0).default(fallback).describe(`price of ${of}, in ${usual.currency}`);

const parameters = z
  .strictObject({
    tasks: z
      .array(z.int().min(1).max(1_000_000))
      .min(1)
      .default([1000, 10_000, 100_000])
      .describe('numbers of tasks of a batch'),
    classes: z.int().min(1).max(50).default(20).describe('classes of tasks, drawn from the seed'),
    hosts: z.int().min(1).max(10_000).default(200).describe('hosts, all of the larger type of CloudSim'),
    slot: z.number().min(1).max(3600).default(60).describe('seconds from one decision to the next'),
    horizon: z.number().positive().max(1000).default(24).describe('hours after which what has not ended is unfinished'),
    priceCore: price('a core for an hour', usual.core),
    priceGibibyte: price('a GiB of memory for an hour', usual.gibibyte),
    priceDisk: price('a GB/s of disk for an hour', usual.disk),
    priceNetwork: price('a GB/s of network for an hour', usual.network),
    priceExternal: price('a GB fetched from outside', usual.links['external'] ?? 0),
    priceInternal: price('a GB sent within the cluster', usual.links['internal'] ?? 0),
  })
  .refine(({ slot, horizon }) => slot <= horizon * 3600, {
    message: 'must be at least as long as a slot',
    path: ['horizon'],
  })
  .refine(({ tasks }) => new Set(tasks).size === tasks.length, {
    message: 'must not name a number twice',
    path: ['tasks'],
  });

type Parameters = z.output<typeof parameters>;

/** The prices that a run was given. */
export const pricesOf = (given: Parameters): Prices => ({
  currency: usual.currency,
  core: given.priceCore,
  gibibyte: given.priceGibibyte,
  disk: given.priceDisk,
  network: given.priceNetwork,
  links: { internal: given.priceInternal, external: given.priceExternal },
});

/** Resources by importance, of the policies that weigh them. */
const ranking = ['cpu', 'memory', 'network', 'disk'];

/** Its rounds of 200 tasks would take minutes: it takes part up to here. */
const mostForGenetic = 10_000;

/** Fig. 5 of Xu and Chen: what batches cost, k = k1 + k2. */
export const cost = experiment({
  name: 'cost',
  about: 'what batches of tasks cost under each policy (k = k1 + k2), for each task, and the energy beside',
  parameters,
  policies: comparedPolicies,
  load: () => undefined,
  points: ({ tasks }) => tasks.map((count) => ({ tasks: count })),
  applies: (policy, { tasks }) => policy !== 'genetic' || Number(tasks) <= mostForGenetic,
  run({ parameters: given, random }, { policy, at }) {
    const tasks = Number(at['tasks']);
    const batch = {
      tasks,
      classes: drawTaskClasses(given.classes, random.split('classes')),
      hosts: given.hosts,
      host: g5,
      slot: given.slot,
      horizon: Math.floor((given.horizon * 3600) / given.slot),
    };
    const { cost: result, ...outcome } = runBatch(batch, policyOf(policy, ranking), pricesOf(given), random);
    return {
      measures: {
        k: result.total,
        k1: result.execution,
        k2: result.transfer,
        // what was not finished cost, too: k is of all that was started
        unitCost: result.unit,
        energyKwh: result.kilowattHours,
        makespanSeconds: outcome.makespan,
        waitedSeconds: outcome.waited,
        hostHours: outcome.hostHours,
        hostsUsed: outcome.hostsUsed,
        unfinished: tasks - outcome.completed,
      },
    };
  },
  report: (result) => report(result, pricesOf(parameters.parse(result.request.parameters))),
});
