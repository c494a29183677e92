/** How much more important each criterion is than each other: r_ij of i against j, 0.5 for as important. */
export type PreferenceMatrix = readonly (readonly number[])[];

/** Everything that keeps a matrix from being fuzzy complementary (r_ij + r_ji = 1), a sentence each. */
export function preferenceObjections(matrix: PreferenceMatrix, criteria: number): readonly string[] {
  if (matrix.length !== criteria || matrix.some((row) => row.length !== criteria))
    return [`must have ${criteria} rows of ${criteria} numbers`];
  const objections: string[] = [];
  for (const [i, row] of matrix.entries())
    for (const [j, preference] of row.entries()) {
      if (!(preference >= 0 && preference <= 1)) objections.push(`[${i}][${j}] must be from 0 to 1, is ${preference}`);
      else if (j >= i && Math.abs(preference + matrix[j]![i]! - 1) > 1e-9)
        objections.push(i === j ? `[${i}][${i}] must be 0.5` : `[${i}][${j}] and [${j}][${i}] must add up to 1`);
    }
  return objections;
}

/** The weights of fuzzy AHP: w_i = (Σ_j r_ij + n/2 − 1)/(n(n − 1)). They add up to 1 (Application Research of Computers 37(4):1102, 2020). */
export const fuzzyWeights = (matrix: PreferenceMatrix): readonly number[] => {
  const n = matrix.length;
  return matrix.map((row) => (row.reduce((sum, preference) => sum + preference, 0) + n / 2 - 1) / (n * (n - 1)));
};
