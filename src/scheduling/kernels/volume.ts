/** Up to this share the volume is 1/(1 − x); beyond, it goes on as a line. */
const pole = 0.99;

/**
 * What one resource multiplies the volume by, x being weight · utilization: 1/(1 − x), which has no value at 1 and changes its sign
 * beyond. From x = 0.99 on it is the tangent at 0.99, 100 + 10,000·(x − 0.99): finite, and always more for more. At x = 1 it is 200.
 */
export function volumeFactor(x: number): number {
  return x <= pole ? 1 / (1 - x) : 1 / (1 - pole) + (x - pole) / ((1 - pole) * (1 - pole));
}

/** out[i] *= volumeFactor(weight · (used[i] + amount · unit[i])), for the first `rows`. */
export function multiplyVolume(
  used: Float64Array,
  unit: Float64Array,
  weight: number,
  amount: number,
  rows: number,
  out: Float64Array,
): void {
  for (let row = 0; row < rows; row++) out[row]! *= volumeFactor(weight * (used[row]! + amount * unit[row]!));
}
