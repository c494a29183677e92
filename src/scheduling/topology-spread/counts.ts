import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Spread } from './constraint.js';

/**
 * Pods in each domain that a constraint counts, by the domain's number; -1: the domain does not count. Terminating pods are
 * passed over. `counting`: 1 for rows that count.
 */
export function countSpread(
  { topologyKey, matches, isEmpty }: Spread,
  { namespace }: PodShape,
  nodes: Snapshot,
  counting: Uint8Array,
): Int32Array {
  const { ids, values } = nodes.domains(topologyKey);
  const counts = new Int32Array(values.length).fill(-1);
  const { rows } = nodes;
  for (let row = 0; row < rows; row++) if (counting[row] && ids[row]! >= 0) counts[ids[row]!] = 0;
  if (isEmpty) return counts;
  for (const group of nodes.groups) {
    if (group.terminating || group.namespace !== namespace || !matches(group.labels)) continue;
    for (const [row, count] of group.counts) if (counting[row] && ids[row]! >= 0) counts[ids[row]!]! += count;
  }
  return counts;
}

/** Pods on each row that a constraint counts, whether the row counts or not. */
export function countPerRow({ matches, isEmpty }: Spread, { namespace }: PodShape, nodes: Snapshot): Int32Array {
  const counts = new Int32Array(nodes.rows);
  if (isEmpty) return counts;
  for (const group of nodes.groups) {
    if (group.terminating || group.namespace !== namespace || !matches(group.labels)) continue;
    for (const [row, count] of group.counts) counts[row]! += count;
  }
  return counts;
}

/** Another count of one domain, which may be below 0. */
export interface ChangedCount {
  readonly domain: number;
  readonly count: number;
}

/** What the emptiest domain has, 0 when there are fewer domains than the constraint wants. */
export function least(counts: Int32Array, minDomains: number, changed?: ChangedCount): number {
  let domains = 0;
  let fewest = 0;
  for (let domain = 0; domain < counts.length; domain++) {
    if (counts[domain]! < 0) continue;
    const count = domain === changed?.domain ? changed.count : counts[domain]!;
    if (domains === 0 || count < fewest) fewest = count;
    domains++;
  }
  return domains < minDomains ? 0 : fewest;
}
