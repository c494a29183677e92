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
  return { attracting, unwanted, repelling, isFirst: attracting.isEmpty && matchAll(affinity, pod, namespaces) };
}

/** The same with pods that are not there yet on one row, and without some that are. */
export function countChanged(
  counts: RequiredCounts,
  pod: PodShape,
  nodes: Snapshot,
  row: number,
  also: Iterable<PodInfo>,
  gone: Iterable<PodInfo>,
): RequiredCounts {
  const { namespaces } = nodes;
  const { affinity, antiAffinity } = termsOf(pod);
  const [attracting, unwanted, repelling] = [counts.attracting.copy(), counts.unwanted.copy(), counts.repelling.copy()];
  const count = ({ shape }: PodInfo, more: 1 | -1) => {
    if (matchAll(affinity, shape, namespaces))
      for (const { topologyKey } of affinity) attracting.add(topologyKey, row, more);
    for (const term of antiAffinity) if (term.matches(shape, namespaces)) unwanted.add(term.topologyKey, row, more);
    for (const term of termsOf(shape).antiAffinity)
      if (term.matches(pod, namespaces)) repelling.add(term.topologyKey, row, more);
  };
  for (const one of also) count(one, 1);
  for (const one of gone) count(one, -1);
  return { attracting, unwanted, repelling, isFirst: attracting.isEmpty && matchAll(affinity, pod, namespaces) };
}

export const emptyCounts = (nodes: Snapshot): DomainCounts =>
  new DomainCounts((topologyKey) => nodes.domains(topologyKey));
