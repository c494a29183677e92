import type { Random } from '../../../support/random.js';
import type { Duration } from '../../../support/time.js';

export const patterns = ['steady', 'bursts', 'season'] as const;
export type Pattern = (typeof patterns)[number];

/** How many batches come at once in a burst. */
const burst = 5;

/**
 * When batches come within a time, about `count` of them, counted from its beginning.
 *
 * - `steady`: a Poisson process.
 * - `bursts`: five at once, at times of a Poisson process of a fifth of the rate.
 * - `season`: a Poisson process whose rate goes up and down once, from nothing to twice the mean: a day in so much time.
 */
export function arrivalsOf(pattern: Pattern, count: number, within: Duration, random: Random): readonly Duration[] {
  const mean = within / count;
  const arrivals: Duration[] = [];
  const [step, times] = pattern === 'bursts' ? [mean * burst, burst] : [mean, 1];
  if (pattern === 'season') {
    // thinned from twice the rate
    for (let at = random.exponential(mean / 2); at < within; at += random.exponential(mean / 2))
      if (random.uniform() < (1 - Math.cos((2 * Math.PI * at) / within)) / 2) arrivals.push(Math.round(at));
    return arrivals;
  }
  for (let at = random.exponential(step); at < within; at += random.exponential(step))
    for (let one = 0; one < times; one++) arrivals.push(Math.round(at));
  return arrivals;
}
