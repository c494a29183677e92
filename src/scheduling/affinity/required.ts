import type { PodShape } from '../pod-shape.js';
import type { PodInfo } from '../snapshot/node-info.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { DomainCounts } from './domain-counts.js';
import { matchAll, termsOf } from './term.js';

/** How many pods there are in each domain that required terms, of the pod or of those pods, are about. */
export interface RequiredCounts {
  /** Pods that all affinity terms of the pod are about. */
  readonly attracting: DomainCounts;
  /** Pods that an anti-affinity term of the pod is about. */
  readonly unwanted: DomainCounts;
  /** Pods that have an anti-affinity term about the pod. */
  readonly repelling: DomainCounts;
  /** No pod attracts it, and its terms are about itself: the first of a series may go where all labels are. */
  readonly isFirst: boolean;
}

export function countRequired(pod: PodShape, nodes: Snapshot): RequiredCounts {
  const { namespaces } = nodes;
  const { affinity, antiAffinity } = termsOf(pod);
  const [attracting, unwanted, repelling] = [emptyCounts(nodes), emptyCounts(nodes), emptyCounts(nodes)];
  if (affinity.length + antiAffinity.length > 0)
    for (const group of nodes.groups) {
      if (matchAll(affinity, group, namespaces))
        for (const { topologyKey } of affinity) attracting.addGroup(topologyKey, group, 1);
      for (const term of antiAffinity)
        if (term.matches(group, namespaces)) unwanted.addGroup(term.topologyKey, group, 1);
    }
  for (const group of nodes.groups.withTerms)
    for (const term of termsOf(group.shape).antiAffinity)
      if (term.matches(pod, namespaces)) repelling.addGroup(term.topologyKey, group, 1);
  return { attracting, unwanted, repelling, isFirst: attracting.size === 0 && matchAll(affinity, pod, namespaces) };
}

/** The same with pods that are not there yet on one row. */
export function countAlso(
  counts: RequiredCounts,
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  also: readonly PodInfo[],
): RequiredCounts {
  const { namespaces } = nodes;
  const { affinity, antiAffinity } = termsOf(pod);
  const [attracting, unwanted, repelling] = [counts.attracting.copy(), counts.unwanted.copy(), counts.repelling.copy()];
  for (const { shape } of also) {
    if (matchAll(affinity, shape, namespaces))
      for (const { topologyKey } of affinity) attracting.add(topologyKey, row, 1);
    for (const term of antiAffinity) if (term.matches(shape, namespaces)) unwanted.add(term.topologyKey, row, 1);
    for (const term of termsOf(shape).antiAffinity)
      if (term.matches(pod, namespaces)) repelling.add(term.topologyKey, row, 1);
  }
  return { attracting, unwanted, repelling, isFirst: attracting.size === 0 && matchAll(affinity, pod, namespaces) };
}

export const emptyCounts = (nodes: Snapshot): DomainCounts =>
  new DomainCounts((topologyKey) => nodes.domains(topologyKey));
