/** Figures of samples: what benches, experiments and reports share. */

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The exact `share`-quantile: the smallest value that at least that share of all does not exceed. NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Of Student's t distribution the 97.5 % quantile, by the degrees of freedom; beyond, that of the normal distribution is close. */
const quantiles = [
  12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.2, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.1, 2.09,
];

/** Half of the 95 % confidence interval of the mean of some independent values; NaN of fewer than two. */
export function halfInterval(values: readonly number[]): number {
  const { length } = values;
  if (length < 2) return Number.NaN;
  const middle = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (length - 1);
  return (quantiles[length - 2] ?? 1.96) * Math.sqrt(variance / length);
}
