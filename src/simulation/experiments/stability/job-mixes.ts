/** Jobs that cannot be pre-empted, and nodes whose capacity limit is known. */
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Random } from '../../../support/random.js';
import { type JobClass, overlappingClasses } from '../../engine/slots.js';
import { shapeOf } from '../../engine/objects.js';

export interface JobMix {
  readonly nodes: number;
  readonly capacity: Amounts;
  readonly requests: readonly Amounts[];
  /** Of one node at offered load 1: jobs of each class that come in a slot, times how many slots one takes. */
  readonly load: readonly number[];
  /** Resources by importance. */
  readonly ranking: readonly string[];
}

/** Memory in units of 100 MB, cpu in thousandths of EC2's compute units, disk in GB. */
const machine = (memory: number, cpu: number, disk: number): Amounts => ({ memory, cpu, disk });

/**
 * Three of EC2's instance types (Standard Extra Large, High-Memory Extra Large, High-CPU Extra Large) on equal servers, at (1, 1/3, 2/3)
 * times the offered load, the mean of the three maximal configurations: Maguluri, Srikant and Ying, INFOCOM 2012, example 1 and section VII,
 * who have 100 servers. What comes at offered load 1 is on the boundary of what the servers can carry.
 */
export const ec2: JobMix = {
  nodes: 10,
  capacity: machine(300, 30_000, 4000),
  requests: [machine(150, 8000, 1690), machine(171, 6500, 420), machine(70, 20_000, 1690)],
  load: [1, 1 / 3, 2 / 3],
  ranking: ['cpu', 'memory', 'disk'],
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

/** The probability of the example. */
export const usualProbability = 0.1;

/** A class of halves of a node that overlap, and one of whole nodes: see `overlappingClasses`. */
export const overlapping: JobMix = {
  nodes: 1,
  capacity: { cpu: 1000 },
  requests: [{ cpu: 500 }, { cpu: 1000 }],
  load: [4 / 3, usualProbability],
  ranking: ['cpu'],
};

/** @param probability with which a job of a whole node comes in a slot */
export const overlappingJobs = (probability = usualProbability): readonly JobClass[] => {
  const [half = {}, whole = {}] = overlapping.requests;
  return overlappingClasses(shapeOf(half), shapeOf(whole), probability);
};
