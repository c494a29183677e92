import type { Key } from '../../api/meta/resource.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { acceptingNodes, acrossNodes, defaultFilters, otherFilters } from './default-filters.js';
import type { Filter, Refusal } from './filter.js';
import { nominatedBefore } from './nominated.js';
import { listed, preconditionOf } from './precondition.js';

export interface FilterOptions {
  /** The pod's own key: where it is nominated itself, it does not stand in its own way. */
  readonly self?: Key;
  /** Written to instead of a new array; as long as `nodes.present`. */
  readonly into?: Uint8Array;
  /** The name of a filter that is not asked: whoever places many pods counts resources itself. */
  readonly without?: string;
}

export interface Filtered {
  /** 1 for each row that can take the pod. */
  readonly feasible: Uint8Array;
  /** Why no node needed to be asked. */
  readonly unschedulable?: string;
}

/** Which nodes can take a pod: those that no filter refuses, with and without the pods that are nominated for them. */
export function filterNodes(pod: PodShape, nodes: Snapshot, { self, into, without }: FilterOptions = {}): Filtered {
  const feasible = into ?? new Uint8Array(nodes.present.length);
  const { unschedulable } = preconditionOf(pod, nodes);
  if (unschedulable !== undefined) {
    feasible.fill(0);
    return { feasible, unschedulable };
  }
  feasible.set(acceptingNodes.of(pod, nodes));
  for (const filter of otherFilters)
    if (filter.name !== without && (filter.concerns?.(pod, nodes) ?? true)) filter.apply(pod, nodes, feasible);
  for (const name of nodes.nominated.keys()) {
    const row = nodes.rowOf(name);
    if (row !== undefined && feasible[row] && refusalBesideNominated(pod, nodes, row, self)) feasible[row] = 0;
  }
  return { feasible };
}

/** Why a node cannot take a pod, in the words of the first filter that refuses it; `undefined` when it can. */
export function explainNode(pod: PodShape, nodes: Snapshot, row: number, self?: Key): Refusal | undefined {
  const { unschedulable, candidates, filters } = preconditionOf(pod, nodes);
  if (unschedulable !== undefined) return outside(filters, unschedulable);
  const name = nodes.info(row)?.name;
  if (candidates && (name === undefined || !candidates.has(name)))
    return outside(filters, `node(s) didn't satisfy plugin(s) ${listed(filters)}`);
  return refusalBesideNominated(pod, nodes, row, self) ?? firstRefusal(pod, nodes, row, []);
}

const outside = (filters: readonly string[], reason: string): Refusal => ({
  filter: filters.join(','),
  reasons: [reason],
  unresolvable: true,
  remedy: `what the pod says to ${filters.join(' and ')} would have to change`,
});

/** With nominated pods as if they were there (the first pass of `RunFilterPluginsWithNominatedPods`). */
function refusalBesideNominated(
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  self: Key | undefined,
): Refusal | undefined {
  const nominated = nominatedBefore(pod, nodes, nodes.info(row)?.name ?? '', self);
  if (nominated.length === 0) return undefined;
  return firstRefusal(pod, nodes, row, nominated);
}

function firstRefusal(
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  nominated: readonly PodInfo[],
  gone?: ReadonlySet<PodInfo>,
): Refusal | undefined {
  for (const filter of defaultFilters) {
    // what has nothing to say without the nominated pods is not asked about them: kube-scheduler skips it for the whole pod
    const refusal =
      filter.concerns && !filter.concerns(pod, nodes) ? undefined : filter.explain(pod, nodes, row, nominated, gone);
    if (refusal) return refusal;
  }
  return undefined;
}

/** What is asked about a pod when pods come and go: the filters that look at the node alone say what they said. */
export const movableFilters = (pod: PodShape, nodes: Snapshot): readonly Filter[] =>
  otherFilters.filter((filter) => filter.concerns?.(pod, nodes) ?? true);

/**
 * Whether a node could take a pod without some that are on it, as far as these filters are concerned, with and without the pods that are
 * nominated for it.
 */
export function fitsWithout(
  filters: readonly Filter[],
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  gone: ReadonlySet<PodInfo>,
  self?: Key,
): boolean {
  const accept = (nominated: readonly PodInfo[]): boolean =>
    filters.every((filter) =>
      filter.refuses
        ? !filter.refuses(pod, nodes, row, nominated, gone)
        : filter.explain(pod, nodes, row, nominated, gone) === undefined,
    );
  const nominated = nominatedBefore(pod, nodes, nodes.info(row)?.name ?? '', self);
  return (nominated.length === 0 || accept(nominated)) && accept([]);
}

/** Why it could not, in the words of the first filter that refuses it. */
export function explainWithout(
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  gone: ReadonlySet<PodInfo>,
  self?: Key,
): Refusal | undefined {
  const nominated = nominatedBefore(pod, nodes, nodes.info(row)?.name ?? '', self);
  return firstRefusal(pod, nodes, row, nominated, gone) ?? firstRefusal(pod, nodes, row, [], gone);
}

/**
 * Whether what one row says of such a pod depends on that row alone: no spread, no (anti-)affinity that concerns it, nobody nominated.
 */
export const isLocal = (pod: PodShape, nodes: Snapshot): boolean =>
  nodes.nominated.size === 0 && !acrossNodes.some((filter) => filter.concerns?.(pod, nodes));
