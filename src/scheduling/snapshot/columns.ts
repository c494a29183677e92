/**
 * One resource of all nodes, a number for each row. Units as in `Amounts`: cpu in thousandths of a core, bytes, bytes per
 * second for network and disk, pieces.
 */
export interface ResourceColumn {
  readonly name: string;
  /** What pods can have (`status.allocatable`, or the node's annotation). 0: the node has, or declares, none of it. */
  readonly capacity: Float64Array;
  /** What its pods ask for, those that are being bound included. */
  readonly requested: Float64Array;
  /** The same with kube-scheduler's small defaults (cpu and memory; `requested` for everything else). */
  readonly nonZeroRequested: Float64Array;
  /** What its pods are expected to use, measured or not. */
  readonly estimated: Float64Array;
  /** Mean use over the window that was measured last; NaN: not measured. */
  readonly measured: Float64Array;
  /** Variance of the use over that window, in the square of the unit; 0 when it is not known. */
  readonly variance: Float64Array;
  /**
   * What counts as used: what was measured and the estimates of what has come since; what is estimated, where nothing was
   * measured.
   */
  readonly use: Float64Array;
}

const arrays = ['capacity', 'requested', 'nonZeroRequested', 'estimated', 'measured', 'variance', 'use'] as const;

export function createColumn(name: string, length: number): ResourceColumn {
  const [capacity, requested, nonZeroRequested, estimated, variance, use] = Array.from(
    { length: 6 },
    () => new Float64Array(length),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const measured = new Float64Array(length).fill(Number.NaN);
  return { name, capacity, requested, nonZeroRequested, estimated, measured, variance, use };
}

/** The column with room for more rows, or a copy with as many. */
export function resizeColumn(column: ResourceColumn, length: number): ResourceColumn {
  const resized = createColumn(column.name, length);
  for (const name of arrays) resized[name].set(column[name]);
  return resized;
}

/** Empties a row of a node that is gone. */
export function clearRow(column: ResourceColumn, row: number): void {
  for (const name of arrays) column[name][row] = name === 'measured' ? Number.NaN : 0;
}
