/** Choices by the nodes on which the containers stand. Pure; of equal ones the oldest is taken. */
import type { Pod } from '../../../api/kubernetes.js';
import type { ProductionLine } from '../../../api/production-line.js';
import { productionLineSpec } from '../../../api/production-line-schema.js';
import { milliValue } from '../../../support/quantity.js';
import type { Choice } from '../../stage.js';
import type { Slot } from '../../work.js';
import { oldest } from './oldest.js';

/** What a node carries, as far as the operator sees pods. */
export interface NodeLoad {
  readonly containers: number;
  /** Of cpu, in thousandths of a core, that its pods request. */
  readonly requested: number;
}

export type NodeLoads = ReadonlyMap<string, NodeLoad>;

const nodeOf = (pod: Pod): string => pod.spec?.nodeName ?? '';

function byNode(candidates: Iterable<Pod>): ReadonlyMap<string, Pod[]> {
  const nodes = new Map<string, Pod[]>();
  for (const pod of candidates) nodes.set(nodeOf(pod), [...(nodes.get(nodeOf(pod)) ?? []), pod]);
  return nodes;
}

/** On as few nodes as can be: first those that have the most of the stock. */
export function packed(slots: readonly Slot[], candidates: Iterable<Pod>): readonly Choice<Slot, Pod>[] {
  const nodes = [...byNode(candidates).values()].sort((a, b) => b.length - a.length);
  return oldest(slots, nodes.flat());
}

/** One node after the other, so that as few of the claim's containers as can be share one. */
export function spread(slots: readonly Slot[], candidates: Iterable<Pod>): readonly Choice<Slot, Pod>[] {
  const nodes = [...byNode(candidates).values()];
  const longest = Math.max(0, ...nodes.map(({ length }) => length));
  const rounds = Array.from({ length: Math.min(longest, slots.length) }, (_, round) =>
    nodes.flatMap((pods) => pods[round] ?? []),
  );
  return oldest(slots, rounds.flat());
}

/** From the nodes whose pods request the least cpu, then have the fewest containers. What is in stock counts already. */
export function leastLoaded(
  slots: readonly Slot[],
  candidates: Iterable<Pod>,
  loads: NodeLoads,
): readonly Choice<Slot, Pod>[] {
  const none: NodeLoad = { containers: 0, requested: 0 };
  const load = (node: string) => loads.get(node) ?? none;
  const nodes = [...byNode(candidates)].sort(
    ([a], [b]) => load(a).requested - load(b).requested || load(a).containers - load(b).containers,
  );
  return oldest(
    slots,
    nodes.flatMap(([, pods]) => pods),
  );
}

/** Whether a version of the line that is in use, or the next one, looks at what nodes carry. */
export const asksForLoads = ({ spec, status }: ProductionLine): boolean =>
  [spec, ...(status?.accepted ?? []).map((one) => productionLineSpec.safeParse(one.spec).data)].some((version) =>
    version?.deliver?.some(({ stage, settings }) => stage === 'match' && settings?.['order'] === 'leastLoaded'),
  );

/** What the nodes carry, by name. */
export function nodeLoads(pods: Iterable<Pod>): NodeLoads {
  const loads = new Map<string, NodeLoad>();
  for (const pod of pods) {
    const node = pod.spec?.nodeName;
    if (node === undefined || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    const known = loads.get(node) ?? { containers: 0, requested: 0 };
    const containers = pod.spec?.containers ?? [];
    loads.set(node, {
      containers: known.containers + containers.length,
      requested:
        known.requested + containers.reduce((sum, { resources }) => sum + milliValue(resources?.requests?.['cpu']), 0),
    });
  }
  return loads;
}
