import { type LabelSelector, selectorOf } from '../../api/meta/label-selector.js';
import type { Labels } from '../pod-shape.js';

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** A selector as terms and spread constraints state it, with the keys of labels that must be, or not be, the pod's own. */
export interface KeyedSelector {
  readonly labelSelector?: LabelSelector;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

/**
 * The selector with the keys' requirements in it, for a pod with these labels. `undefined`: there is no selector, which selects
 * nothing. It makes no difference when the API server has put them in already, as long as the pod's labels are those it had.
 */
export function mergedSelector(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: KeyedSelector,
  labels: Labels,
): LabelSelector | undefined {
  if (!labelSelector) return undefined;
  const more = [
    ...matchLabelKeys.flatMap((key) => requirement(key, 'In', labels)),
    ...mismatchLabelKeys.flatMap((key) => requirement(key, 'NotIn', labels)),
  ];
  if (more.length === 0) return labelSelector;
  return { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...more] };
}

/**
 * Without the keys that the selector's expressions name: the API server allows no key in both, and has put these in. They stand
 * for the labels that the pod had then, as kube-scheduler takes them in terms of affinity.
 */
export function withoutMergedKeys({ labelSelector, matchLabelKeys, mismatchLabelKeys }: KeyedSelector): KeyedSelector {
  const named = new Set(labelSelector?.matchExpressions?.map(({ key }) => key));
  const left = (keys: readonly string[] = []) => keys.filter((key) => !named.has(key));
  return {
    ...(labelSelector ? { labelSelector } : {}),
    matchLabelKeys: left(matchLabelKeys),
    mismatchLabelKeys: left(mismatchLabelKeys),
  };
}

/** Keys that the pod does not have are passed over. */
function requirement(key: string, operator: 'In' | 'NotIn', labels: Labels): readonly Requirement[] {
  const value = labels[key];
  return value === undefined ? [] : [{ key, operator, values: [value] }];
}

export type LabelMatcher = (labels: Labels) => boolean;

export function labelMatcher(keyed: KeyedSelector, labels: Labels): LabelMatcher {
  const selector = mergedSelector(keyed, labels);
  return selector ? selectorOf(selector) : () => false;
}
