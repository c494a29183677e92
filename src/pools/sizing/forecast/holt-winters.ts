import { hour } from '../../../support/time.js';
import { period } from '../history.js';
import type { Forecaster } from './forecaster.js';

/** Gains of the corrections, per period of five minutes; those of the seasons act twelve times in each hour. */
export interface Gains {
  readonly level: number;
  readonly trend: number;
  /** The trend that is left after each period: one that is not damped runs away over hours. */
  readonly damping: number;
  readonly day: number;
  readonly week: number;
}

const perHour = hour / period;
const hoursPerDay = 24;
const hoursPerWeek = 168;
const usual: Gains = { level: 0.1, trend: 0.002, damping: 0.9, day: 0.02, week: 0.03 };

/**
 * Additive Holt–Winters with a damped trend and two seasons, the day and the week, each with one index per hour (UTC), in
 * the form that corrects errors: f = l + φb + d[h] + w[k], e = y − f, then l += φb + α·e, b = φb + β·e, d[h] += δ·e,
 * w[k] += ω·e. (Winters 1960; two seasons: Taylor, J. Operational Research Society 54:799, 2003; the form with errors: Hyndman et
 * al., Forecasting with Exponential Smoothing, 2008.)
 */
export function holtWinters(gains: Gains = usual): Forecaster {
  return {
    name: 'holt-winters',
    basis: 'level, trend, and the seasons of day and week',
    forecast(peaks, first, from) {
      const out = new Float64Array(peaks.length + 1 - from);
      const days = new Float64Array(hoursPerDay);
      const weeks = new Float64Array(hoursPerWeek);
      let level = peaks[0] ?? 0;
      let trend = 0;
      for (let p = 0; p <= peaks.length; p++) {
        const at = Math.floor((first + p) / perHour);
        const inDay = at % hoursPerDay;
        const inWeek = at % hoursPerWeek;
        const drift = gains.damping * trend;
        const expected = level + drift + (days[inDay] ?? 0) + (weeks[inWeek] ?? 0);
        if (p >= from) out[p - from] = Math.max(0, expected);
        const error = (peaks[p] ?? 0) - expected;
        level += drift + gains.level * error;
        trend = drift + gains.trend * error;
        days[inDay] = (days[inDay] ?? 0) + gains.day * error;
        weeks[inWeek] = (weeks[inWeek] ?? 0) + gains.week * error;
      }
      return out;
    },
  };
}
