import type { Random } from '../support/random.js';
import type { Duration } from '../support/time.js';

export interface BackOff {
  readonly base: Duration;
  readonly max: Duration;
}

/** How long to wait after so many failures in a row (1 or more): doubles from `base` to `max`. */
export function backOffDelay(failures: number, { base, max }: BackOff): Duration {
  // the exponent is bounded so that the product stays a finite number
  return Math.min(max, base * 2 ** Math.min(failures - 1, 30));
}

/** Between a half and the whole of `delay`: clients that failed together do not come back together. */
export function jittered(delay: Duration, random: Random): Duration {
  return delay * (0.5 + random.uniform() / 2);
}
