import { quantile } from '../../support/statistics.js';

/** What a box plot shows of some values. */
export interface Box {
  readonly low: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly high: number;
}

/** Said in every report that has box plots. */
export const boxLegend =
  'Box: lower quartile, median, upper quartile (each the smallest value that 25, 50 and 75 % of all do not exceed). Whiskers: smallest and largest value.';

/** Quartiles are exact quantiles (`quantile`): values that occurred, not interpolated. Undefined of none; what is no number is left out. */
export function boxOf(values: readonly number[]): Box | undefined {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return undefined;
  return {
    low: quantile(known, 0),
    lowerQuartile: quantile(known, 0.25),
    median: quantile(known, 0.5),
    upperQuartile: quantile(known, 0.75),
    high: quantile(known, 1),
  };
}
