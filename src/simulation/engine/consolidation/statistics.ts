/** The statistics by which hosts are judged to be overloaded (Beloglazov and Buyya 2012), as CloudSim computes them. */

/** The middle, or what lies halfway between the two in the middle. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[middle - 1]!;
  return lower + 0.5 * (upper - lower);
}

/** The median of the distances from the median. */
export function medianAbsoluteDeviation(values: Float64Array): number {
  const middle = median(values);
  return median(values.map((value) => Math.abs(middle - value)));
}

/** From item round(0.25 (n + 1)) to item round(0.75 (n + 1)) in order, counted from 1. */
export function interquartileRange(values: Float64Array): number {
  const sorted = values.slice().sort();
  const item = (part: number): number => sorted[Math.round(part * (sorted.length + 1)) - 1]!;
  return item(0.75) - item(0.25);
}

/** A line: value = intercept + slope · x. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** Ordinary least squares through points that are added one after the other. */
class Regression {
  #count = 0;
  #meanX = 0;
  #meanY = 0;
  #squares = 0;
  #products = 0;

  add(x: number, y: number): void {
    const part = this.#count / ++this.#count;
    const [dx, dy] = [x - this.#meanX, y - this.#meanY];
    this.#squares += dx * dx * part;
    this.#products += dx * dy * part;
    this.#meanX += dx / this.#count;
    this.#meanY += dy / this.#count;
  }

  get line(): Line {
    const slope = this.#products / this.#squares;
    return { intercept: this.#meanY - slope * this.#meanX, slope };
  }
}

/**
 * The line through equally distant values at x = 1, 2, …. CloudSim calls it local regression with tricube weights, but applies weights only
 * where four in ten of them are 0, which tricube weights never are: it is a plain one.
 *
 * @param values the newest, which has the greatest x, first
 */
export function localRegression(values: Float64Array): Line {
  const regression = new Regression();
  for (let index = values.length - 1, x = 1; index >= 0; index--, x++) regression.add(x, values[index]!);
  return regression.line;
}

/**
 * As `localRegression`, then once more with weights by the residuals, under the same condition. As there, weights are the inverse of bisquare
 * ones: 0 only where the median residual is 0, so that others are infinitely greater.
 */
export function robustLocalRegression(values: Float64Array): Line {
  const plain = localRegression(values);
  const count = values.length;
  const isOnLine = (index: number): boolean => values[index] === plain.intercept + plain.slope * (count - index);
  let onLine = 0;
  for (let index = 0; index < count; index++) if (isOnLine(index)) onLine++;
  if (onLine <= count / 2 || count - onLine < 0.4 * count) return plain;
  const regression = new Regression();
  for (let index = count - 1, x = 1; index >= 0; index--, x++) {
    const root = isOnLine(index) ? Math.sqrt(Number.MAX_VALUE) : 0;
    regression.add(root * x, root * values[index]!);
  }
  const { line } = regression;
  return Number.isNaN(line.slope) || Number.isNaN(line.intercept) ? plain : line;
}
