/** Tasks of a batch: a few classes, each with what a task asks for, how long it takes and what it sends. */
import type { Amounts } from '../../../scheduling/resources/amounts.js';
import type { Random } from '../../../support/random.js';

export interface TaskClass {
  /** Cpu in thousandths of a core, memory in bytes, network and disk in bytes per second. */
  readonly requests: Amounts;
  /** Median of how long a task takes, in seconds. */
  readonly medianTime: number;
  /** Which share of the batch is of this class. */
  readonly share: number;
  /** Bytes that a node fetches once before it runs the first task of the class: image and input. */
  readonly dataSet: number;
  /** Bytes that each task sends. */
  readonly output: number;
}

const mebibyte = 2 ** 20;

/** The logarithm of how long a task takes has this standard deviation: the slowest of a hundred takes three times the median. */
export const timeSpread = 0.5;

/** Classes as they are drawn from a seed: the ranges are ours, of the size of short batch jobs on CloudSim's hosts. */
export function drawTaskClasses(count: number, random: Random): readonly TaskClass[] {
  const drawn = Array.from({ length: count }, () => ({
    requests: {
      cpu: 100 * random.integer(1, 12),
      memory: 64 * mebibyte * random.integer(1, 12),
      network: 1e6 * random.integer(0, 8),
      disk: 1e6 * random.integer(0, 30),
    },
    medianTime: 30 * random.integer(2, 16),
    weight: random.integer(1, 10),
    dataSet: 1e7 * random.integer(2, 40),
    output: 1e6 * random.integer(1, 50),
  }));
  const all = drawn.reduce((sum, { weight }) => sum + weight, 0);
  return drawn.map(({ weight, ...rest }) => ({ ...rest, share: weight / all }));
}

/** How many tasks of each class there are: by share, rounded so that they add up to `tasks` (largest remainders first). */
export function countsOf(classes: readonly TaskClass[], tasks: number): readonly number[] {
  const exact = classes.map(({ share }) => share * tasks);
  const counts = exact.map(Math.floor);
  const left = tasks - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = [...exact.keys()].sort((a, b) => ((exact[b] ?? 0) % 1) - ((exact[a] ?? 0) % 1) || a - b);
  for (const index of byRemainder.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1;
  return counts;
}
