import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { defaultFilters } from './default-filters.js';

/** What is known before any node is asked (`RunPreFilterPlugins`). */
export interface Precondition {
  /** Why no node needs to be asked. */
  readonly unschedulable?: string;
  /** The only nodes that need to be asked, and the filters that say so. */
  readonly candidates?: ReadonlySet<string>;
  readonly filters: readonly string[];
}

export function preconditionOf(pod: PodShape, nodes: Snapshot): Precondition {
  let candidates: ReadonlySet<string> | undefined;
  const filters: string[] = [];
  for (const filter of defaultFilters) {
    const unschedulable = filter.precondition?.(pod, nodes);
    if (unschedulable !== undefined) return { unschedulable, filters: [filter.name] };
    const names = filter.candidates?.(pod);
    if (!names) continue;
    filters.push(filter.name);
    candidates = candidates ? new Set([...candidates].filter((name) => names.has(name))) : names;
    if (candidates.size === 0)
      return { unschedulable: `node(s) didn't satisfy plugin(s) ${listed(filters)} simultaneously`, filters };
  }
  return candidates ? { candidates, filters } : { filters };
}

/** As Go prints a sorted list. */
export const listed = (names: readonly string[]): string => `[${[...names].sort().join(' ')}]`;
