import type { Forecaster } from './forecaster.js';

/** The next period will be as the last: f(p) = y(p − 1). The forecast of a random walk, and what all others must beat. */
export const lastValue: Forecaster = {
  name: 'last-value',
  basis: 'the last five minutes',
  forecast(peaks, _first, from) {
    return Float64Array.from({ length: peaks.length + 1 - from }, (_, i) => peaks[from + i - 1] ?? 0);
  },
};
