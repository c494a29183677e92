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
 * The selector with the keys' requirements in it, for a pod with these labels. The API server puts them in when a pod is created:
 * a key that the expressions name already is left as it stands there. `undefined`: there is no selector, which selects nothing.
 */
export function mergedSelector(
  { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: KeyedSelector,
  labels: Labels,
): LabelSelector | undefined {
  if (!labelSelector) return undefined;
  const { matchExpressions = [] } = labelSelector;
  const own = (operator: 'In' | 'NotIn') => (key: string) =>
    requirement(key, operator, labels).filter(
      () => !matchExpressions.some((one) => one.key === key && one.operator === operator),
    );
  const more = [...matchLabelKeys.flatMap(own('In')), ...mismatchLabelKeys.flatMap(own('NotIn'))];
  return more.length === 0 ? labelSelector : { ...labelSelector, matchExpressions: [...matchExpressions, ...more] };
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
