import { countChanged, countRequired, type RequiredCounts } from '../affinity/required.js';
import { termsOf } from '../affinity/term.js';
import { refuseCounted, refuseUncounted, refuseWithoutDomain } from '../kernels/domains.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { type Filter, nobody, type Refusal } from './filter.js';
import { remembered } from '../snapshot/remembered.js';

const counts = remembered(countRequired);

/** Required affinity and anti-affinity between pods: the terms of the pod, and the anti-affinity of those that are there. */
export const interPodAffinity: Filter = {
  name: 'InterPodAffinity',
  concerns: (pod, nodes) => {
    const { affinity, antiAffinity } = termsOf(pod);
    return affinity.length + antiAffinity.length > 0 || counts(pod, nodes).repelling.size > 0;
  },
  apply: (pod, nodes, feasible) => {
    const { attracting, unwanted, repelling, isFirst } = counts(pod, nodes);
    for (const { topologyKey } of termsOf(pod).affinity) {
      const { ids } = nodes.domains(topologyKey);
      if (isFirst) refuseWithoutDomain(feasible, nodes.rows, ids);
      else refuseUncounted(feasible, nodes.rows, ids, attracting.of(topologyKey));
    }
    for (const counted of [unwanted, repelling])
      for (const key of counted.keys)
        refuseCounted(feasible, nodes.rows, nodes.domains(key).ids, counted.of(key) ?? new Float64Array());
  },
  explain: (pod, nodes, row, nominated = [], gone = nobody) => {
    const there = counts(pod, nodes);
    const changed = nominated.length > 0 || gone.size > 0;
    return refusalOf(pod, nodes, row, changed ? countChanged(there, pod, nodes, row, nominated, gone) : there);
  },
};

function refusalOf(
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  { attracting, unwanted, repelling, isFirst }: RequiredCounts,
) {
  const hasDomain = (topologyKey: string) => nodes.domains(topologyKey).ids[row]! >= 0;
  const lacking = termsOf(pod).affinity.find(({ topologyKey }) =>
    isFirst ? !hasDomain(topologyKey) : attracting.at(topologyKey, row) <= 0,
  );
  if (lacking)
    return refusal(
      "node(s) didn't match pod affinity rules",
      `a pod that the affinity selects would have to be in the same ${lacking.topologyKey}`,
      unresolvable,
    );
  const taken = [...unwanted.keys].find((key) => unwanted.at(key, row) > 0);
  if (taken)
    return refusal(
      "node(s) didn't match pod anti-affinity rules",
      `no pod that the anti-affinity selects may be in the same ${taken}`,
    );
  const repelled = [...repelling.keys].find((key) => repelling.at(key, row) > 0);
  if (repelled)
    return refusal(
      "node(s) didn't satisfy existing pods anti-affinity rules",
      `no pod whose anti-affinity selects this one may be in the same ${repelled}`,
    );
  return undefined;
}

const unresolvable = { unresolvable: true };

const refusal = (reason: string, remedy: string, more = { unresolvable: false }): Refusal => ({
  filter: 'InterPodAffinity',
  reasons: [reason],
  remedy,
  ...more,
});
