import { refuseWithoutDomain } from '../kernels/domains.js';
import { normalizeMirrored } from '../kernels/normalize.js';
import { addSpread, domainsOf, numberOf } from '../kernels/spread.js';
import type { PodShape, SpreadConstraint } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Spread, spreadsOf, unsatisfiable } from '../topology-spread/constraint.js';
import { countPerRow, countSpread } from '../topology-spread/counts.js';
import { eligibleRows } from '../topology-spread/eligible.js';
import type { Scorer } from './scorer.js';

const hostname = 'kubernetes.io/hostname';
const zone = 'topology.kubernetes.io/zone';

/** Favours nodes whose domains have few of the pods that soft constraints count. */
export const podTopologySpreadScorer: Scorer = {
  name: 'PodTopologySpread',
  compares: 'pods',
  score: (pod, nodes, feasible, raw) => {
    const constraints = softConstraints(pod, nodes);
    if (constraints.spreads.length === 0) return false;
    const scored = scoredRows(constraints, nodes, feasible);
    raw.fill(0);
    for (const spread of constraints.spreads) addCounts(spread, constraints, pod, nodes, scored, raw);
    const { rows } = nodes;
    for (let row = 0; row < rows; row++) raw[row] = scored[row] ? Math.round(raw[row]!) : 0;
    return true;
  },
  normalize: (pod, nodes, feasible, scores) =>
    normalizeMirrored(scores, scoredRows(softConstraints(pod, nodes), nodes, feasible), nodes.rows),
};

interface SoftConstraints {
  readonly spreads: readonly Spread[];
  /** Only nodes that have all of these labels are scored. */
  readonly keys: readonly string[];
}

function softConstraints(pod: PodShape, nodes: Snapshot): SoftConstraints {
  if (pod.spread.length > 0) {
    const spreads = spreadsOf(pod.spread, pod.labels, unsatisfiable.soft);
    return { spreads, keys: spreads.map(({ topologyKey }) => topologyKey) };
  }
  const labelSelector = nodes.defaultSelector(pod);
  if (!labelSelector) return { spreads: [], keys: [] };
  const spreads = spreadsOf(
    defaultConstraints.map((constraint) => ({ ...constraint, labelSelector })),
    pod.labels,
    unsatisfiable.soft,
  ).filter(({ isEmpty }) => !isEmpty);
  // a node without a zone is spread over by its name alone
  return { spreads, keys: [] };
}

/** Those of kube-scheduler for pods that state none (`systemDefaultConstraints`). */
const defaultConstraints: readonly SpreadConstraint[] = [
  { topologyKey: hostname, maxSkew: 3, whenUnsatisfiable: unsatisfiable.soft },
  { topologyKey: zone, maxSkew: 5, whenUnsatisfiable: unsatisfiable.soft },
];

function scoredRows({ keys }: SoftConstraints, nodes: Snapshot, feasible: Uint8Array): Uint8Array {
  const scored = feasible.slice();
  for (const key of keys) refuseWithoutDomain(scored, nodes.rows, nodes.domains(key).ids);
  return scored;
}

/** Adds to each scored row n·ln(d + 2) + maxSkew − 1, for n pods in its domain of d domains that are scored. */
function addCounts(
  spread: Spread,
  { keys }: SoftConstraints,
  pod: PodShape,
  nodes: Snapshot,
  scored: Uint8Array,
  raw: Float64Array,
): void {
  const { ids, values } = nodes.domains(spread.topologyKey);
  const perRow = spread.topologyKey === hostname;
  const domains = perRow ? numberOf(scored) : domainsOf(scored, nodes.rows, ids, values.length);
  const counts = perRow
    ? countPerRow(spread, pod, nodes)
    : countSpread(spread, pod, nodes, eligibleRows(spread, pod, nodes, keys));
  addSpread(raw, nodes.rows, ids, counts, { perRow, weight: Math.log(domains + 2), bonus: spread.maxSkew - 1 });
}
