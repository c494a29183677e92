import { addScaled } from '../../src/scheduling/kernels/fours.js';
import { argmax } from '../../src/scheduling/kernels/argmax.js';
import type { PodShape } from '../../src/scheduling/index.js';
import type { Snapshot } from '../../src/scheduling/index.js';

const resources = ['cpu', 'memory', 'network', 'disk'] as const;

/**
 * The least that a decision over all nodes can be: one pass over the typed arrays for what fits and for the load after placement,
 * one for the best, and the pod counted there. No labels, no taints, no threshold, no pods by name.
 */
export function bareDecisions(nodes: Snapshot, shapes: readonly PodShape[]): number {
  const { rows } = nodes;
  const room = (['cpu', 'memory', 'pods'] as const).map((name) => nodes.basicColumn(name));
  const columns = resources.flatMap((name) => nodes.column(name) ?? []);
  const slopes = columns.map(({ capacity }) => capacity.map((amount) => (amount > 0 ? -0.25 / amount : 0)));
  const base = new Float64Array(rows);
  for (const [index, { use }] of columns.entries())
    for (let row = 0; row < rows; row++) base[row]! += use[row]! * slopes[index]![row]!;
  const requested = room.map((column) => column.requested.slice());
  const [ones, scores, feasible] = [new Uint8Array(rows).fill(1), new Float64Array(rows), new Uint8Array(rows)];
  let placed = 0;
  for (const { requests, estimate } of shapes) {
    feasible.set(ones);
    for (const [index, { name, capacity }] of room.entries())
      refuseLacking(feasible, rows, capacity, requested[index]!, requests[name] ?? 0);
    const amounts = Float64Array.from(columns, ({ name }) => estimate[name] ?? 0);
    addScaled(base, slopes, amounts, 0, rows, scores);
    const row = argmax(scores, requested[2]!, feasible, rows);
    if (row < 0) continue;
    placed++;
    for (const [index, { name }] of room.entries()) requested[index]![row]! += requests[name] ?? 0;
    for (const [index, amount] of amounts.entries()) base[row]! += amount * slopes[index]![row]!;
  }
  return placed;
}

function refuseLacking(
  feasible: Uint8Array,
  rows: number,
  capacity: Float64Array,
  requested: Float64Array,
  amount: number,
): void {
  for (let row = 0; row < rows; row++) if (amount > capacity[row]! - requested[row]!) feasible[row] = 0;
}
