import { z } from 'zod';
import { priceSettings } from '../../../scheduling/cost/cost.js';
import { minute, second } from '../../../support/time.js';
import { experiment, type Point } from '../experiment.js';
import { realClusterOf, realClusterParameters } from '../real-cluster.js';
import { type Pattern, patterns } from './arrivals.js';
import { type DeliveryPolicy, type FaultName, faultNames, policies, usualSize } from './scenario.js';
import { report } from './report.js';
import { deliverOnCluster } from './deliver-on-cluster.js';
import { simulateDelivery } from './simulate-delivery.js';

const mebibyte = 2 ** 20;

const parameters = z.strictObject({
  batches: z
    .array(z.int().min(1).max(1000))
    .min(1)
    .default([1, 10, 100, 500])
    .describe('containers of a claim; the second is taken for arrival patterns and faults'),
  arrivals: z
    .array(z.enum(patterns))
    .min(1)
    .default([...patterns])
    .describe('arrival patterns'),
  faults: z
    .array(z.enum(faultNames))
    .min(1)
    .default([...faultNames])
    .describe('what goes wrong'),
  nodes: z.int().min(1).max(1000).default(40).describe('nodes of 16 cores'),
  minutes: z.number().min(1).max(600).default(10).describe('minutes in which claims come'),
  containers: z
    .int()
    .min(1)
    .max(100_000)
    .default(300)
    .describe('containers asked for in that time; at least four batches'),
  cpu: z
    .int()
    .min(1)
    .max(100_000)
    .default(usualSize.cpu)
    .describe('what a container asks for, in thousandths of a core'),
  memory: z
    .int()
    .min(4)
    .max(1_000_000)
    .default(usualSize.memory / mebibyte)
    .describe('what a container asks for, in MiB'),
  ...realClusterParameters,
  heldSeconds: z.number().min(1).default(60).describe('seconds for which a claim keeps its containers'),
});

const isPattern = (text: unknown): text is Pattern => patterns.some((one) => one === text);
const isFault = (text: unknown): text is FaultName => faultNames.some((one) => one === text);
const isPolicy = (text: string): text is DeliveryPolicy => policies.some((one) => one === text);

/** The seed's first experiment: delivery with and without the pool. */
export const delivery = experiment({
  name: 'delivery',
  about: 'how long claims wait for their containers with and without a pool: by batch size, arrivals and faults',
  parameters,
  policies,
  seeds: 5,
  load: realClusterOf,
  // faults are those of simulated nodes and servers
  points: ({ batches, arrivals, faults }, real) => pointsOf(batches, arrivals, real ? ['none'] : faults),
  notes: (real) =>
    real ? [`On the real cluster ${real.server}, in real time; nothing is made to go wrong.`] : ['In virtual time.'],
  sequential: (real) => real !== undefined,
  run({ parameters: given, input, random }, { policy, at }, signal) {
    const { batch, arrivals, fault } = at;
    if (!isPolicy(policy) || !isPattern(arrivals) || !isFault(fault)) throw new Error(`no trial ${JSON.stringify(at)}`);
    const trial = {
      policy,
      batch: Number(batch),
      arrivals,
      fault,
      nodes: given.nodes,
      duration: given.minutes * minute,
      containers: Math.max(given.containers, 4 * Number(batch)),
      size: { cpu: given.cpu, memory: given.memory * mebibyte },
      heldFor: given.heldSeconds * second,
      prices: priceSettings.parse({}),
    };
    return input ? deliverOnCluster(input, trial, random, signal) : simulateDelivery(trial, random, signal);
  },
  report,
});

/** Each of the three swept alone, from the second batch size, the first pattern and the first fault. */
function pointsOf(
  batches: readonly number[],
  arrivals: readonly Pattern[],
  faults: readonly FaultName[],
): readonly Point[] {
  const [pattern, fault] = [arrivals[0] ?? 'steady', faults[0] ?? 'none'];
  const batch = batches[1] ?? batches[0] ?? 1;
  const all: readonly Point[] = [
    ...batches.map((one) => ({ batch: one, arrivals: pattern, fault })),
    ...arrivals.map((one) => ({ batch, arrivals: one, fault })),
    ...faults.map((one) => ({ batch, arrivals: pattern, fault: one })),
  ];
  return [...new Map(all.map((point) => [JSON.stringify(point), point])).values()];
}
