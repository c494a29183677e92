import type { RankedPods } from '../kernels/preemption.js';
import type { PodInfo } from '../snapshot/node-info.js';
import { RowCache } from '../snapshot/row-cache.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { byPriority, startOf } from './importance.js';
import { isStock } from './stock.js';

/** The pods of a row in the order of their importance, also as numbers. */
export interface RankedRow extends RankedPods {
  readonly pods: readonly PodInfo[];
}

const cache = new RowCache<(RankedRow | undefined)[]>(
  () => [],
  (nodes, row, rows) => {
    const pods = nodes.info(row)?.pods ?? [];
    rows[row] = pods.length === 0 ? undefined : rankedRow(pods.toSorted(byPriority), nodes);
  },
);

/** Of all rows; `undefined` where there are no pods. Held amounts are in the order of the columns that there were. */
export const rankedPods = (nodes: Snapshot): readonly (RankedRow | undefined)[] => cache.of(nodes);

function rankedRow(pods: readonly PodInfo[], { columns }: Snapshot): RankedRow {
  const resources = columns.length;
  const held = new Float64Array(pods.length * resources);
  for (const [place, { shape }] of pods.entries())
    for (const [index, { name }] of columns.entries()) held[place * resources + index] = shape.requests[name] ?? 0;
  return {
    pods,
    priorities: Float64Array.from(pods, ({ shape }) => shape.priority),
    starts: Float64Array.from(pods, startOf),
    stock: Uint8Array.from(pods, (pod) => Number(isStock(pod))),
    held,
    resources,
  };
}

/** So many are kept: of a few priorities, each of the few resources that pods ask for. */
const mostHeld = 64;
const byPriorityAndResource = new Map<string, RowCache<Float64Array>>();

/** What the pods of each row hold of a resource that are as important as `priority`, or more. Not to be kept. */
export function heldAtLeast(nodes: Snapshot, priority: number, resource: string): Float64Array {
  const key = `${priority}/${resource}`;
  const known = byPriorityAndResource.get(key) ?? heldCache(priority, resource);
  byPriorityAndResource.delete(key);
  byPriorityAndResource.set(key, known);
  if (byPriorityAndResource.size > mostHeld)
    byPriorityAndResource.delete(byPriorityAndResource.keys().next().value ?? '');
  return known.of(nodes);
}

const heldCache = (priority: number, resource: string): RowCache<Float64Array> =>
  new RowCache<Float64Array>(
    (rows) => new Float64Array(rows),
    (nodes, row, held) => {
      let total = 0;
      for (const { shape } of nodes.info(row)?.pods ?? [])
        if (shape.priority >= priority) total += shape.requests[resource] ?? 0;
      held[row] = total;
    },
  );
