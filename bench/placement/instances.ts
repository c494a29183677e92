/** Jobs that cannot be pre-empted, whose capacity limit is known. */
import type { Amounts } from '../../src/scheduling/resources/amounts.js';
import type { Random } from '../../src/support/random.js';
import { type JobClass, overlappingClasses } from '../../test/scheduling/slots.js';
import { shapeOf } from '../../test/scheduling/snapshots.js';
import type { Counts } from './capacity.js';

export interface Instance {
  readonly nodes: number;
  readonly capacity: Amounts;
  readonly requests: readonly Amounts[];
  /** Of one node at offered load 1: jobs of each class that come in a slot, times how many slots one takes. */
  readonly load: Counts;
}

/** Memory in units of 100 MB, cpu in thousandths of EC2's compute units, disk in GB. */
const machine = (memory: number, cpu: number, disk: number): Amounts => ({ memory, cpu, disk });

/**
 * Three of EC2's instance types (Standard Extra Large, High-Memory Extra Large, High-CPU Extra Large) on equal servers, at (1, 1/3, 2/3)
 * times the offered load, the mean of the three maximal configurations: Maguluri, Srikant and Ying, INFOCOM 2012, example 1 and section VII,
 * who have 100 servers.
 */
export const ec2: Instance = {
  nodes: 10,
  capacity: machine(300, 30_000, 4000),
  requests: [machine(150, 8000, 1690), machine(171, 6500, 420), machine(70, 20_000, 1690)],
  load: [1, 1 / 3, 2 / 3],
};

/** Durations of jobs there: uniform from 1 to 50 with probability 0.7, from 251 to 300 and from 451 to 500 with 0.15 each. */
function duration(random: Random): number {
  const part = random.uniform();
  if (part < 0.7) return random.integer(1, 50);
  return part < 0.85 ? random.integer(251, 300) : random.integer(451, 500);
}

/** 0.7·25.5 + 0.15·275.5 + 0.15·475.5 */
export const meanDuration = 130.5;

/** Jobs that come in a slot: binomial, a trial for each node, as there. */
export const ec2Classes = (offered: number): readonly JobClass[] =>
  ec2.requests.map((requests, job) => ({
    shape: shapeOf(requests),
    arrivals: (_slot, random) => binomial(ec2.nodes, (offered * (ec2.load[job] ?? 0)) / meanDuration, random),
    duration,
  }));

function binomial(trials: number, chance: number, random: Random): number {
  let count = 0;
  for (let trial = 0; trial < trials; trial++) if (random.uniform() < chance) count++;
  return count;
}

/** A class of halves of a node that overlap, and one of whole nodes: see `overlappingClasses`. */
export const overlapping: Instance = {
  nodes: 1,
  capacity: { cpu: 1000 },
  requests: [{ cpu: 500 }, { cpu: 1000 }],
  load: [4 / 3, 1 / 10],
};

export const overlappingJobs = (): readonly JobClass[] => {
  const [half = {}, whole = {}] = overlapping.requests;
  return overlappingClasses(shapeOf(half), shapeOf(whole));
};
