/**
 * The distribution function of Beta(a, b) at x: the regularized incomplete beta function I_x(a, b), a, b > 0. By its continued fraction
 * (DLMF 8.17.22) with Lentz's method, on the side of the mean where that converges fast; the other side is 1 − I_{1−x}(b, a).
 */
export function betaDistribution(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x < (a + 1) / (a + b + 2) ? lowerTail(x, a, b) : 1 - lowerTail(1 - x, b, a);
}

const steps = 300;
const precision = 1e-15;
/** Stands for 0 in a denominator. */
const tiny = 1e-300;

function lowerTail(x: number, a: number, b: number): number {
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= steps; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < precision) break;
  }
  return Math.min(1, (Math.exp(logFront) * fraction) / a);
}

const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** ln Γ(z) for z > 0, by Stirling's series (DLMF 5.11.1) from 10 on, and by the recurrence Γ(z + 1) = z·Γ(z) below. */
export function logGamma(z: number): number {
  let product = 1;
  let shifted = z;
  while (shifted < 10) product *= shifted++;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188)))));
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
