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
  // least squares by Householder's QR decomposition: what is done with the columns before one is the same for all after it
  let columns = [intercept, ...series].map((column) => column.slice());
  const done: Factor[] = [];
  const all: number[] = [];
  for (const [index, one] of series.entries()) {
    const factor = reduce(columns, done.length);
    if (!factor) return undefined;
    done.push(factor);
    columns = columns.slice(1);
    const coefficients = solve(done, columns);
    if (!coefficients) return undefined;
    const predictors = [intercept, ...series.slice(0, index), ...series.slice(index + 1)];
    all.push(determination(one, predictors, coefficients));
  }
  return all;
}

/** A column once it is reduced: above its place it is a column of R, from there on a reflector. */
interface Factor {
  readonly column: Float64Array;
  /** Of R, on the diagonal. */
  readonly diagonal: number;
}

/** Makes a reflector of the first column, and reflects the others by it; `undefined`: it depends on those before it. */
function reduce(columns: readonly Float64Array[], step: number): Factor | undefined {
  const [column, ...others] = columns;
  if (!column) return undefined;
  let squares = 0;
  for (let row = step; row < column.length; row++) squares += square(column[row]!);
  const diagonal = column[step]! > 0 ? -Math.sqrt(squares) : Math.sqrt(squares);
  if (diagonal === 0) return undefined;
  column[step] = column[step]! - diagonal;
  for (const other of others) reflect(other, column, step, diagonal);
  return { column, diagonal };
}

function reflect(target: Float64Array, reflector: Float64Array, from: number, diagonal: number): void {
  let product = 0;
  for (let row = from; row < target.length; row++) product -= target[row]! * reflector[row]!;
  product /= diagonal * reflector[from]!;
  for (let row = from; row < target.length; row++) target[row] = target[row]! - product * reflector[row]!;
}

/**
 * @param done columns that are reduced already
 * @param columns the others, reflected by those: first what is to be told, then what tells it besides
 */
function solve(done: readonly Factor[], [told, ...others]: readonly Float64Array[]): Float64Array | undefined {
  const right = told?.slice();
  if (!right) return undefined;
  const factors = [...done];
  let left = others.map((column) => column.slice());
  while (left.length > 0) {
    const factor = reduce([...left, right], factors.length);
    if (!factor) return undefined;
    factors.push(factor);
    left = left.slice(1);
  }
  return substitute(factors, right);
}

function substitute(factors: readonly Factor[], right: Float64Array): Float64Array {
  const solution = right.slice(0, factors.length);
  for (let row = factors.length - 1; row >= 0; row--) {
    const { column, diagonal } = factors[row]!;
    const value = solution[row]! / diagonal;
    solution[row] = value;
    for (let above = 0; above < row; above++) solution[above] = solution[above]! - value * column[above]!;
  }
  return solution;
}

/** What the predictors tell of the squares of the distances from the mean. */
function determination(values: Float64Array, predictors: readonly Float64Array[], coefficients: Float64Array): number {
  const told = new Float64Array(values.length);
  for (const [column, predictor] of predictors.entries()) {
    const coefficient = coefficients[column]!;
    for (let row = 0; row < told.length; row++) told[row] = told[row]! + predictor[row]! * coefficient;
  }
  let residual = 0;
  for (let row = 0; row < told.length; row++) residual += square(values[row]! - told[row]!);
  return 1 - residual / squaresFromMean(values);
}

function squaresFromMean(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += square(value - mean);
  return squares;
}

const square = (value: number): number => value * value;
