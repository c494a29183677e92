import { betaDistribution } from './beta.js';

/** One resource of a pod that is to be placed, and how its risk is weighed. */
export interface Committed {
  readonly request: number;
  /** At least the request. */
  readonly limit: number;
  /** Share of the risk that stems from limits; the rest stems from the measured load. */
  readonly weight: number;
  /** By how much the measured variance is multiplied: how many readings each sample is the mean of. */
  readonly smoothing: number;
}

/** The variance of a Beta distribution is less than μ(1 − μ): so close to that a measured one may come. */
const mostVariance = 0.99;

/** A mean use that is none: the distribution for smaller ones cannot be told from one that is always 0. */
const negligible = 1e-9;

/** The total risk of a resource on a node, from 0 to 1: see `low-risk-over-commitment`. */
export function overcommitmentRisk(
  capacity: number,
  requested: number,
  limits: number,
  measured: number,
  use: number,
  variance: number,
  { request, limit, weight, smoothing }: Committed,
): number {
  const ofLimits = riskOfLimits(capacity, Math.min(requested + request, capacity), limits + limit);
  const ofLoad =
    measured >= 0 && capacity > 0
      ? riskOfLoad(
          Math.min(Math.max(use / capacity, 0), 1),
          Math.min(variance / capacity ** 2, 1) * smoothing,
          Math.min(requested / capacity, 1),
          limits / capacity,
        )
      : 0;
  return Math.min(weight * ofLimits + (1 - weight) * ofLoad, 1);
}

/** How much of what is not requested lies beyond the capacity. */
export const riskOfLimits = (capacity: number, requested: number, limits: number): number =>
  limits > capacity ? (limits - capacity) / (limits - requested) : 0;

/**
 * The probability that more is used than is requested, for a use that is distributed like Beta with this mean and variance. Where all
 * limits together are below the capacity, no more than they can be used. All as shares of the capacity.
 */
export function riskOfLoad(mean: number, variance: number, requested: number, limits: number): number {
  const isLimited = limits < 1 && requested <= limits;
  if (mean < negligible || (isLimited && limits === 0)) return 0;
  const spread = Math.min(variance, mean * (1 - mean) * mostVariance);
  if (spread <= 0) return mean <= requested ? 0 : 1;
  const size = (mean * (1 - mean)) / spread - 1;
  const below = betaDistribution(requested, mean * size, (1 - mean) * size);
  const possible = isLimited ? betaDistribution(limits, mean * size, (1 - mean) * size) : 1;
  return 1 - (possible > 0 ? Math.min(below / possible, 1) : below);
}

/** What of a resource of all nodes decides its risk. */
export interface CommittedColumn {
  readonly capacity: Float64Array;
  readonly requested: Float64Array;
  readonly measured: Float64Array;
  readonly use: Float64Array;
  readonly variance: Float64Array;
}

/** risks[i] = max(risks[i], risk) of the first `rows`; marks in `known` those of which the resource was measured. */
export function greatestOvercommitmentRisks(
  { capacity, requested, measured, use, variance }: CommittedColumn,
  limits: Float64Array,
  pod: Committed,
  rows: number,
  risks: Float64Array,
  known: Uint8Array,
): void {
  for (let row = 0; row < rows; row++) {
    const risk = overcommitmentRisk(
      capacity[row]!,
      requested[row]!,
      limits[row]!,
      measured[row]!,
      use[row]!,
      variance[row]!,
      pod,
    );
    risks[row] = Math.max(risks[row]!, risk);
    if (measured[row]! >= 0) known[row] = 1;
  }
}

/** risks[i] = −1 in rows of which nothing was measured. */
export function excludeUnmeasured(risks: Float64Array, known: Uint8Array, rows: number): void {
  for (let row = 0; row < rows; row++) if (known[row] === 0) risks[row] = -1;
}
