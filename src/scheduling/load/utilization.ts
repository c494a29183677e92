import { RowCache } from '../snapshot/row-cache.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/** How one resource of all nodes is used, a number for each row; 0 in both where a node has no capacity of it. */
export interface Utilization {
  readonly resource: string;
  /** (U + z·σ)/C */
  readonly used: Float64Array;
  /** 1/C: by how much a unit more raises it. */
  readonly unit: Float64Array;
}

/** U + z·σ of a row. */
export function countedUse(nodes: Snapshot, resource: string, row: number, deviations: number): number {
  const column = nodes.column(resource);
  if (!column) return 0;
  return column.use[row]! + (deviations === 0 ? 0 : deviations * Math.sqrt(column.variance[row]!));
}

/** The utilization of some resources, kept up to date. */
export const utilizations = (resources: readonly string[], deviations: number): RowCache<readonly Utilization[]> =>
  new RowCache<readonly Utilization[]>(
    (rows) => resources.map((resource) => ({ resource, used: new Float64Array(rows), unit: new Float64Array(rows) })),
    (nodes, row, values) => {
      for (const { resource, used, unit } of values) {
        const capacity = nodes.column(resource)?.capacity[row] ?? 0;
        used[row] = capacity > 0 ? countedUse(nodes, resource, row, deviations) / capacity : 0;
        unit[row] = capacity > 0 ? 1 / capacity : 0;
      }
    },
  );

/** What is added of each of some resources, from amounts in the order of the columns; as many zeros after them as `length` asks. */
export function addedOf(
  nodes: Snapshot,
  resources: readonly string[],
  added: Float64Array | undefined,
  length = resources.length,
): Float64Array {
  const amounts = new Float64Array(length);
  if (!added) return amounts;
  for (const [index, { name }] of nodes.columns.entries()) {
    const at = resources.indexOf(name);
    if (at >= 0) amounts[at] = added[index] ?? 0;
  }
  return amounts;
}
