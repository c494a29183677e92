import { refuseSkewed } from '../kernels/spread.js';
import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Spread, spreadsOf, unsatisfiable } from '../topology-spread/constraint.js';
import { countSpread, least } from '../topology-spread/counts.js';
import { eligibleRows } from '../topology-spread/eligible.js';
import { type Filter, nobody, type Refusal } from './filter.js';
import { remembered } from '../snapshot/remembered.js';

interface CountedSpread {
  readonly spread: Spread;
  readonly eligible: Uint8Array;
  readonly counts: Int32Array;
  /** 1 when the constraint counts the pod itself. */
  readonly self: 0 | 1;
}

const counted = remembered((pod, nodes): readonly CountedSpread[] => {
  const spreads = hardSpreads(pod);
  const keys = spreads.map(({ topologyKey }) => topologyKey);
  return spreads.map((spread) => {
    const eligible = eligibleRows(spread, pod, nodes, keys);
    const self = spread.matches(pod.labels) ? 1 : 0;
    return { spread, eligible, self, counts: countSpread(spread, pod, nodes, eligible) };
  });
});

const hardSpreads = ({ spread, labels }: PodShape): readonly Spread[] => spreadsOf(spread, labels, unsatisfiable.hard);

/** No domain may have more than `maxSkew` pods above the one that has fewest. */
export const podTopologySpread: Filter = {
  name: 'PodTopologySpread',
  concerns: ({ spread }) => spread.some(({ whenUnsatisfiable }) => whenUnsatisfiable === unsatisfiable.hard),
  apply: (pod, nodes, feasible) => {
    for (const { spread, counts, self } of counted(pod, nodes)) {
      const { ids } = nodes.domains(spread.topologyKey);
      refuseSkewed(feasible, nodes.rows, ids, counts, spread.maxSkew + least(counts, spread.minDomains) - self);
    }
  },
  explain: (pod, nodes, row, nominated = [], gone = nobody) => {
    for (const one of counted(pod, nodes)) {
      const more = one.eligible[row] ? countMatching(one, pod, nominated) - countMatching(one, pod, gone) : 0;
      const refusal = refusalOf(one, more, nodes, row);
      if (refusal) return refusal;
    }
    return undefined;
  },
};

const mismatch = "node(s) didn't match pod topology spread constraints";

/** `more`: pods that its domain has besides those that are counted. */
function refusalOf(
  { spread, self, counts }: CountedSpread,
  more: number,
  nodes: Snapshot,
  row: number,
): Refusal | undefined {
  const { topologyKey, maxSkew, minDomains } = spread;
  const domain = nodes.domains(topologyKey).ids[row] ?? -1;
  if (domain < 0)
    return {
      filter: 'PodTopologySpread',
      reasons: [`${mismatch} (missing required label)`],
      unresolvable: true,
      remedy: `the node would have to have the label ${topologyKey}`,
    };
  const count = Math.max(0, counts[domain] ?? 0) + more;
  const skew = count + self - least(counts, minDomains, { domain, count });
  if (skew <= maxSkew) return undefined;
  return {
    filter: 'PodTopologySpread',
    reasons: [mismatch],
    unresolvable: false,
    remedy: `its ${topologyKey} would be ${skew} ahead of the emptiest, of ${maxSkew} allowed`,
  };
}

/** Pods that come or go count whether they terminate or not, and an empty selector counts them too: kube-scheduler's rule. */
function countMatching({ spread }: CountedSpread, { namespace }: PodShape, pods: Iterable<PodInfo>): number {
  let count = 0;
  for (const { shape } of pods) if (shape.namespace === namespace && spread.matches(shape.labels)) count++;
  return count;
}
