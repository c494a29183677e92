import type { PodShape } from '../pod-shape.js';
import type { PodGroup } from '../snapshot/pod-groups.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { DomainCounts } from './domain-counts.js';
import { emptyCounts } from './required.js';
import { termsOf } from './term.js';

/** What the required affinity of a pod that is there is worth to one that it is about (`hardPodAffinityWeight`). */
const requiredWeight = 1;

/**
 * Weights by domain: of the pod's preferred terms for each pod that they are about, and of the terms of those that are there and
 * that are about the pod. Anti-affinity counts negative.
 */
export function weighPreferred(pod: PodShape, nodes: Snapshot): DomainCounts {
  const { namespaces } = nodes;
  const weights = emptyCounts(nodes);
  const { preferredAffinity, preferredAntiAffinity } = termsOf(pod);
  const own = [...preferredAffinity.map(plus), ...preferredAntiAffinity.map(minus)];
  if (own.length > 0)
    for (const group of nodes.groups)
      for (const { term, weight } of own)
        if (term.matches(group, namespaces)) weights.addGroup(term.topologyKey, group, weight);
  for (const group of nodes.groups.withTerms)
    for (const { term, weight } of termsAboutOthers(group))
      if (term.matches(pod, namespaces)) weights.addGroup(term.topologyKey, group, weight);
  return weights;
}

type Weighted = ReturnType<typeof termsOf>['preferredAffinity'][number];
const plus = (term: Weighted) => ({ term, weight: term.weight });
const minus = (term: Weighted) => ({ term, weight: -term.weight });

function termsAboutOthers({ shape }: PodGroup) {
  const { affinity, preferredAffinity, preferredAntiAffinity } = termsOf(shape);
  return [
    ...affinity.map((term) => ({ term, weight: requiredWeight })),
    ...preferredAffinity.map(plus),
    ...preferredAntiAffinity.map(minus),
  ];
}
