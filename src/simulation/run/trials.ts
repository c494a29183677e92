import type { Experiment, Point, Trial } from '../experiments/experiment.js';
import type { Request } from './result.js';

/** All trials of a run, in the order of its results. */
export function trialsOf(
  { applies, isRandom }: Pick<Experiment, 'applies' | 'isRandom'>,
  points: readonly Point[],
  { policies, seed, seeds }: Pick<Request, 'policies' | 'seed' | 'seeds'>,
): readonly Trial[] {
  return points.flatMap((at) =>
    policies
      .filter((policy) => applies(policy, at))
      .flatMap((policy) =>
        Array.from({ length: isRandom(policy) ? seeds : 1 }, (_, index) => ({ policy, at, seed: seed + index })),
      ),
  );
}

/** Part `index` of `count`: counted from 1, or from 0 as the pods of an Indexed Job are. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Neighbours go to different parts: those of one point take about as long as one another. */
export const inShard = (trials: readonly Trial[], { index, count }: Shard): readonly Trial[] =>
  trials.filter((_, at) => (at + 1) % count === index % count);

export const trialKey = ({ policy, at, seed }: Trial): string => JSON.stringify([policy, at, seed]);
