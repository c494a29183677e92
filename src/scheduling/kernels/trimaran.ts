/** TargetLoadPacking's score of a node, from 0 to 100: the most at the target, less the emptier, and falling fast beyond. */
export function targetLoadScore(
  measured: number,
  use: number,
  capacity: number,
  amount: number,
  target: number,
): number {
  if (!(measured >= 0) || capacity <= 0) return 0;
  const utilization = (100 * (use + amount)) / capacity;
  if (utilization > 100) return 0;
  if (utilization > target) return Math.round((target * (100 - utilization)) / (100 - target));
  return Math.round(((100 - target) * utilization) / target + target);
}

/** The same of the first `rows`. */
export function targetLoadScores(
  measured: Float64Array,
  use: Float64Array,
  capacity: Float64Array,
  amount: number,
  target: number,
  rows: number,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++)
    out[row] = targetLoadScore(measured[row]!, use[row]!, capacity[row]!, amount, target);
}

/**
 * LoadVariationRiskBalancing's risk of a resource, from 0 to 1: (μ + margin·σ^(1/sensitivity))/2 with both summands at most 1; −1 where
 * nothing was measured.
 */
export function variationRisk(
  measured: number,
  use: number,
  variance: number,
  capacity: number,
  amount: number,
  margin: number,
  sensitivity: number,
): number {
  if (!(measured >= 0) || capacity <= 0) return -1;
  const mean = Math.min((use + amount) / capacity, 1);
  const deviation = Math.min(Math.sqrt(variance) / capacity, 1);
  return (mean + Math.min(margin * deviation ** (1 / sensitivity), 1)) / 2;
}

/** risks[i] = max(risks[i], risk) of the first `rows`. */
export function greatestRisks(
  measured: Float64Array,
  use: Float64Array,
  variance: Float64Array,
  capacity: Float64Array,
  amount: number,
  margin: number,
  sensitivity: number,
  rows: number,
  risks: Float64Array,
): void {
  for (let row = 0; row < rows; row++)
    risks[row] = Math.max(
      risks[row]!,
      variationRisk(measured[row]!, use[row]!, variance[row]!, capacity[row]!, amount, margin, sensitivity),
    );
}

/** 100·(1 − risk), rounded; 0 where nothing was measured. */
export const scoreOfRisk = (risk: number): number => (risk < 0 ? 0 : Math.round(100 * (1 - risk)));

export function scoreRisks(rows: number, risks: Float64Array): void {
  for (let row = 0; row < rows; row++) risks[row] = scoreOfRisk(risks[row]!);
}
