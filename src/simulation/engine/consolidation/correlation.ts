/** How well one of several series is told by the others: the coefficient of multiple determination R² (Verma's maximum correlation). */

/**
 * @param series of equal length, at least two
 * @returns of each its R²; `undefined`: some of them depend on one another, or there are more series than values
 */
export function multipleCorrelations(series: readonly Float64Array[]): readonly number[] | undefined {
  const rows = series[0]?.length ?? 0;
  // with the intercept there are as many unknowns as series
  if (series.length < 2 || series.length > rows) return undefined;
  const intercept = new Float64Array(rows).fill(1);
  const all: number[] = [];
  for (const [index, one] of series.entries()) {
    const squared = determination(one, [intercept, ...series.slice(0, index), ...series.slice(index + 1)]);
    if (squared === undefined) return undefined;
    all.push(squared);
  }
  return all;
}

function determination(values: Float64Array, predictors: readonly Float64Array[]): number | undefined {
  const coefficients = solve(predictors, values);
  if (!coefficients) return undefined;
  const told = new Float64Array(values.length);
  for (const [column, predictor] of predictors.entries()) {
    const coefficient = coefficients[column]!;
    for (let row = 0; row < told.length; row++) told[row] = told[row]! + predictor[row]! * coefficient;
  }
  let residual = 0;
  for (let row = 0; row < told.length; row++) residual += square(values[row]! - told[row]!);
  return 1 - residual / squaresFromMean(values);
}

const square = (value: number): number => value * value;

function squaresFromMean(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += square(value - mean);
  return squares;
}

/** Least squares by Householder's QR decomposition; `undefined` where a column depends on those before it. */
function solve(columns: readonly Float64Array[], values: Float64Array): Float64Array | undefined {
  const work = columns.map((column) => column.slice());
  const right = values.slice();
  const diagonal = new Float64Array(work.length);
  for (let step = 0; step < work.length; step++) {
    const reflector = work[step]!;
    let squares = 0;
    for (let row = step; row < reflector.length; row++) squares += square(reflector[row]!);
    const length = reflector[step]! > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
    diagonal[step] = length;
    if (length === 0) return undefined;
    reflector[step] = reflector[step]! - length;
    for (let column = step + 1; column < work.length; column++) reflect(work[column]!, reflector, step, length);
    reflect(right, reflector, step, length);
  }
  return substitute(work, diagonal, right);
}

function reflect(target: Float64Array, reflector: Float64Array, from: number, length: number): void {
  let product = 0;
  for (let row = from; row < target.length; row++) product -= target[row]! * reflector[row]!;
  product /= length * reflector[from]!;
  for (let row = from; row < target.length; row++) target[row] = target[row]! - product * reflector[row]!;
}

function substitute(upper: readonly Float64Array[], diagonal: Float64Array, right: Float64Array): Float64Array {
  const solution = right.slice(0, upper.length);
  for (let row = upper.length - 1; row >= 0; row--) {
    solution[row] = solution[row]! / diagonal[row]!;
    for (let above = 0; above < row; above++) solution[above] = solution[above]! - solution[row]! * upper[row]![above]!;
  }
  return solution;
}
