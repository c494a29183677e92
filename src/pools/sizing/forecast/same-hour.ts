import { day, period } from '../history.js';
import type { Forecaster } from './forecaster.js';

const perDay = day / period;
/** So many days of the same sort are looked at. */
const daysBack = 5;
/** The Unix epoch was a Thursday. */
const epochWeekday = 4;

/** Whether a day, counted from the Unix epoch, is a Saturday or a Sunday (UTC). */
export function isWeekend(dayNumber: number): boolean {
  const weekday = (dayNumber + epochWeekday) % 7;
  return weekday === 0 || weekday === 6;
}

export interface SameHour {
  readonly name: string;
  readonly basis: string;
  /** Which quantile, from above 0 to 1: the largest. */
  readonly share: number;
  /** So many periods to each side of the time of day count as the same. */
  readonly around: number;
}

/**
 * The empirical `share`-quantile of what the same time of day has seen on the last five days of the same sort: workdays,
 * or days of the weekend. (The order statistic of rank ⌈share·n⌉; no distribution is assumed.) Where no such day is known,
 * what the last period has seen.
 */
export function sameHour({ name, basis, share, around }: SameHour): Forecaster {
  return {
    name,
    basis,
    forecast(peaks, first, from) {
      // a high quantile is found among the few largest: those that can be it
      const largest = new Float64Array(rankFromTop(share, daysBack * (2 * around + 1)));
      return Float64Array.from({ length: peaks.length + 1 - from }, (_, i) => {
        const seen = gather(peaks, first, from + i, around, largest);
        return (seen === 0 ? peaks[from + i - 1] : largest[rankFromTop(share, seen) - 1]) ?? 0;
      });
    },
  };
}

/** The place from above, from 1, of the `share`-quantile of so many values. */
const rankFromTop = (share: number, count: number): number => count - Math.max(1, Math.ceil(share * count)) + 1;

/** Puts the largest that the time of day of index `p` has seen before into `largest`, in falling order; returns how many were seen. */
function gather(peaks: Float64Array, first: number, p: number, around: number, largest: Float64Array): number {
  const weekend = isWeekend(Math.floor((first + p) / perDay));
  largest.fill(-1);
  let count = 0;
  let days = 0;
  for (let centre = p - perDay; centre + around >= 0 && days < daysBack; centre -= perDay) {
    if (isWeekend(Math.floor((first + centre) / perDay)) !== weekend) continue;
    days++;
    for (let at = Math.max(0, centre - around); at <= centre + around; at++, count++) insert(largest, peaks[at] ?? 0);
  }
  return count;
}

/** Puts a value in its place, if it is one of the largest. */
function insert(largest: Float64Array, value: number): void {
  let place = largest.length - 1;
  if ((largest[place] ?? 0) >= value) return;
  for (; place > 0 && (largest[place - 1] ?? 0) < value; place--) largest[place] = largest[place - 1] ?? 0;
  largest[place] = value;
}
