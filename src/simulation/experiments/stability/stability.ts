import { z } from 'zod';
import { byBatch, type JobClass, oneByOne, simulateSlots, type SlotsResult } from '../../engine/slots.js';
import { snapshotOf } from '../../engine/objects.js';
import type { Random } from '../../../support/random.js';
import { experiment, type Outcome } from '../experiment.js';
import { bestFit, comparedPolicies, policyOf } from '../policies.js';
import { ec2, ec2Classes, type JobMix, overlapping, overlappingJobs, usualProbability } from './job-mixes.js';
import { report } from './report.js';

const parameters = z.strictObject({
  slots: z.int().min(1).max(10_000_000).default(200_000).describe('slots of the example with two classes'),
  probability: z
    .number()
    .min(0)
    .max(1)
    .default(usualProbability)
    .describe('probability with which a job of a whole node comes in a slot of the example'),
  offered: z
    .array(z.number().positive().max(2))
    .default([0.5, 0.7, 0.8, 0.9, 0.95])
    .describe('offered loads of the three types of EC2; 1 is the capacity limit'),
  offeredSlots: z.int().min(100).max(10_000_000).default(20_000).describe('slots of each offered load'),
});

/** Queues in time: backlog under each policy in an example where full nodes starve large jobs, and against offered load. */
export const stability = experiment({
  name: 'stability',
  about:
    'the backlog of jobs that are not pre-empted, in an example where full nodes starve large jobs, and against offered load',
  parameters,
  policies: [bestFit, ...comparedPolicies],
  // a population evolves in each slot: that takes it minutes where others take seconds
  defaults: [bestFit, ...comparedPolicies.filter((name) => name !== 'genetic')],
  load: () => undefined,
  points: ({ probability, offered }) => [
    { jobs: 'overlapping', probability },
    ...offered.map((load) => ({ jobs: 'ec2', offered: load })),
  ],
  run({ parameters: { slots, probability, offeredSlots }, random }, { policy, at }) {
    if (at['jobs'] === 'overlapping')
      return outcomeOf(simulated(policy, overlapping, overlappingJobs(probability), slots, random), slots);
    return outcomeOf(simulated(policy, ec2, ec2Classes(Number(at['offered'])), offeredSlots, random), offeredSlots);
  },
  report,
});

function simulated(
  name: string,
  { nodes: count, capacity, ranking }: JobMix,
  classes: readonly JobClass[],
  slots: number,
  random: Random,
): SlotsResult {
  const policy = policyOf(name, ranking);
  const size = { capacity: { ...capacity, pods: 110 } };
  const nodes = snapshotOf(Array.from({ length: count }, () => size));
  const dispatcher =
    policy.kind === 'score' ? oneByOne(policy, classes) : byBatch(policy, classes, random.split('policy'));
  return simulateSlots({ classes, nodes, slots, random }, dispatcher);
}

/** Points of the curve in a report. */
const curvePoints = 200;

function outcomeOf({ backlog, arrived }: SlotsResult, slots: number): Outcome {
  const middle = meanOf(backlog, 0, 1);
  return {
    measures: {
      backlog: backlog.at(-1) ?? 0,
      meanBacklog: middle,
      // Little's law: jobs that still wait count too
      delaySlots: arrived === 0 ? 0 : (middle * slots) / arrived,
      growth: arrived === 0 ? 0 : (meanOf(backlog, 0.75, 1) - meanOf(backlog, 0.25, 0.5)) / (arrived / 2),
    },
    series: {
      backlog: Array.from(
        { length: Math.min(curvePoints, slots) },
        (_, point) => backlog[Math.floor(((point + 1) * slots) / Math.min(curvePoints, slots)) - 1] ?? 0,
      ),
    },
  };
}

/** The mean from one part of the time to another. */
function meanOf(backlog: Int32Array, from: number, to: number): number {
  const part = backlog.subarray(Math.floor(from * backlog.length), Math.ceil(to * backlog.length));
  return part.reduce((sum, count) => sum + count, 0) / part.length;
}
