import { type LabelSelector, selectorOf } from '../../api/meta/label-selector.js';
import type { Labels, PodShape } from '../pod-shape.js';

/**
 * Which pods a pod that states no constraint is spread among: those that the selectors of its services and its owner select
 * (`DefaultSelector` of kube-scheduler). `undefined`: none.
 */
export type DefaultSelector = (pod: PodShape) => LabelSelector | undefined;

/** For who does not know services and workloads: pods that state no constraint are not spread. */
export const noDefaultSelector: DefaultSelector = () => undefined;

export interface ServiceSelector {
  readonly namespace: string;
  readonly selector: Labels | undefined;
}

/** A ReplicaSet, a StatefulSet or a ReplicationController. */
export interface WorkloadSelector {
  readonly namespace: string;
  readonly selector: LabelSelector;
}

/**
 * What selects pods like this one: the labels that services select it by, and the selector of its owner (`DefaultSelector` of
 * kube-scheduler). The owner is the workload that selects the pod: no two do. `undefined`: nothing does.
 */
export function defaultSelectorOf(
  { namespace, labels }: Pick<PodShape, 'namespace' | 'labels'>,
  services: Iterable<ServiceSelector>,
  workloads: Iterable<WorkloadSelector>,
): LabelSelector | undefined {
  const matchLabels: Record<string, string> = {};
  for (const service of services) {
    const { selector } = service;
    if (service.namespace === namespace && selector && selectorOf({ matchLabels: selector })(labels))
      Object.assign(matchLabels, selector);
  }
  const owner = [...workloads].find((one) => one.namespace === namespace && selectorOf(one.selector)(labels))?.selector;
  const merged: LabelSelector = {
    matchLabels: { ...matchLabels, ...owner?.matchLabels },
    matchExpressions: owner?.matchExpressions ?? [],
  };
  const isEmpty = Object.keys(merged.matchLabels ?? {}).length + (merged.matchExpressions?.length ?? 0) === 0;
  return isEmpty ? undefined : merged;
}
