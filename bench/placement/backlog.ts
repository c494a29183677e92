import type { Policy } from '../../src/scheduling/policies/policy.js';
import { seededRandom } from '../../src/support/random.js';
import { byBatch, type JobClass, oneByOne, simulateSlots } from '../../src/simulation/engine/slots.js';
import { snapshotOf } from '../../src/simulation/engine/objects.js';
import { printTable } from '../measure.js';
import { halfInterval, mean } from '../../src/support/statistics.js';
import { capacityLimit, maximalConfigurations } from './capacity.js';
import {
  ec2,
  ec2Classes,
  type JobMix,
  overlapping,
  overlappingJobs,
} from '../../src/simulation/experiments/stability/job-mixes.js';
import { bestFit, type NamedPolicy, policyNamed } from './policies.js';
import type { Solver } from './program.js';

const offeredLoads = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
const seeds = [1, 2, 3, 4, 5];
const slots = 60_000;
const overlappingSlots = 200_000;

const policies: readonly NamedPolicy[] = [bestFit(), policyNamed('max-utilization'), policyNamed('max-weight')];

/** A figure over the seeds, and half of its 95 % interval. */
interface Estimate {
  readonly mean: number;
  readonly half: number;
}

export interface LoadResult {
  readonly policy: string;
  readonly offered: number;
  /** Jobs that wait at the end of a slot. */
  readonly backlog: Estimate;
  /** Slots from when a job comes until it starts, by Little's law: those that still wait count too. */
  readonly delay: Estimate;
  /** By how many jobs the backlog grows for each job that comes, from the second quarter to the last. */
  readonly growth: Estimate;
  /** Beyond what chance explains: near the limit the queue may still be on its way to where it stays, else it is unstable. */
  readonly growing: boolean;
}

export interface OverlapResult {
  readonly policy: string;
  /** At the end. */
  readonly last: number;
  readonly mean: number;
}

export interface BacklogResults {
  readonly slots: number;
  readonly seeds: readonly number[];
  /** In offered load. */
  readonly capacityLimit: number;
  readonly loads: readonly LoadResult[];
  readonly overlapping: {
    readonly slots: number;
    /** As a multiple of what comes. */
    readonly capacityLimit: number;
    readonly policies: readonly OverlapResult[];
  };
}

/** What waits under each policy, against offered load. */
export function backlogs(solver: Solver): BacklogResults {
  const limitOf = ({ load, requests, capacity }: JobMix) =>
    capacityLimit(load, maximalConfigurations(requests, capacity), solver);
  return {
    slots,
    seeds,
    capacityLimit: limitOf(ec2),
    loads: offeredLoads.flatMap((offered) => policies.map((policy) => loadResult(policy, offered))),
    overlapping: {
      slots: overlappingSlots,
      capacityLimit: limitOf(overlapping),
      policies: policies.map(overlapResult),
    },
  };
}

interface Run {
  readonly backlog: Int32Array;
  readonly arrived: number;
}

function simulated(policy: Policy, instance: JobMix, classes: readonly JobClass[], length: number, seed: string): Run {
  const random = seededRandom(seed);
  const size = { capacity: { ...instance.capacity, pods: 110 } };
  const nodes = snapshotOf(Array.from({ length: instance.nodes }, () => size));
  const dispatcher =
    policy.kind === 'score' ? oneByOne(policy, classes) : byBatch(policy, classes, random.split('policy'));
  return simulateSlots({ classes, nodes, slots: length, random }, dispatcher);
}

function loadResult({ name, create }: NamedPolicy, offered: number): LoadResult {
  // the same jobs for each policy
  const runs = seeds.map((seed) => simulated(create(), ec2, ec2Classes(offered), slots, `ec2 ${offered} ${seed}`));
  const estimate = (figure: (run: Run) => number): Estimate => {
    const figures = runs.map(figure);
    return { mean: mean(figures), half: halfInterval(figures) };
  };
  const growth = estimate(growthOf);
  return {
    policy: name,
    offered,
    backlog: estimate(({ backlog }) => meanOf(backlog, 0, 1)),
    delay: estimate(({ backlog, arrived }) => (meanOf(backlog, 0, 1) * slots) / arrived),
    growth,
    growing: growth.mean - growth.half > 0 && growth.mean > leastGrowth,
  };
}

/** Less than a hundredth of the jobs stay: a queue that is merely long takes as long to get there. */
const leastGrowth = 0.01;

/** Of the backlog's mean in the last quarter over that in the second, by the jobs that come in half of the time. */
const growthOf = ({ backlog, arrived }: Run): number =>
  (meanOf(backlog, 0.75, 1) - meanOf(backlog, 0.25, 0.5)) / (arrived / 2);

/** The mean from one part of the time to another. */
function meanOf(backlog: Int32Array, from: number, to: number): number {
  const part = backlog.subarray(from * backlog.length, to * backlog.length);
  return part.reduce((sum, count) => sum + count, 0) / part.length;
}

function overlapResult({ name, create }: NamedPolicy): OverlapResult {
  const { backlog } = simulated(create(), overlapping, overlappingJobs(), overlappingSlots, 'overlapping 1');
  return { policy: name, last: backlog.at(-1) ?? 0, mean: meanOf(backlog, 0, 1) };
}

export function printBacklogs(results: BacklogResults): void {
  printTable(
    `placement, backlog and delay: three types of EC2 on ${ec2.nodes} servers, not pre-empted; capacity limit at offered load ${results.capacityLimit.toFixed(2)} (LP); ${results.slots} slots, ${results.seeds.length} seeds`,
    ['policy', 'offered', 'backlog, jobs', 'delay, slots', 'growth per job', ''],
    results.loads.map(({ policy, offered, backlog, delay, growth, growing }) => [
      policy,
      offered.toFixed(2),
      figure(backlog),
      figure(delay),
      `${growth.mean.toFixed(3)} ± ${growth.half.toFixed(3)}`,
      growing ? 'growing' : '',
    ]),
  );
  const { overlapping: overlap } = results;
  printTable(
    `placement, backlog: halves of a node that overlap, and whole nodes; capacity limit at ${overlap.capacityLimit.toFixed(2)} times what comes (LP); ${overlap.slots} slots, one seed`,
    ['policy', 'backlog at the end', 'mean'],
    overlap.policies.map(({ policy, last, mean: middle }) => [policy, `${last}`, middle.toFixed(1)]),
  );
}

const figure = ({ mean: middle, half }: Estimate): string => `${round(middle)} ± ${round(half)}`;

const round = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
