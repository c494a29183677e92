import type { Forecaster } from './forecaster.js';

/**
 * Simple exponential smoothing: f(p + 1) = f(p) + α·(y(p) − f(p)), begun at the first value, with α = 1 − 2^(−1/h) so that
 * the weight of a value halves in h periods. (Brown, Statistical Forecasting for Inventory Control, 1959.)
 */
export function smoothing(name: string, basis: string, halfLife: number): Forecaster {
  const alpha = 1 - 2 ** (-1 / halfLife);
  return {
    name,
    basis,
    forecast(peaks, _first, from) {
      const out = new Float64Array(peaks.length + 1 - from);
      let level = peaks[0] ?? 0;
      for (let p = 0; p <= peaks.length; p++) {
        if (p >= from) out[p - from] = level;
        level += alpha * ((peaks[p] ?? 0) - level);
      }
      return out;
    },
  };
}
