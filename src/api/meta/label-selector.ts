import type { ReplicaSet } from '../kubernetes.js';
import { holds } from './requirement.js';

/** `metav1.LabelSelector`. */
export type LabelSelector = NonNullable<ReplicaSet['spec']>['selector'];
type Labels = Readonly<Record<string, string>>;
type Matcher = (labels?: Labels) => boolean;

/** What a selector selects. An empty one selects everything. */
export function selectorOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Matcher {
  const pairs = Object.entries(matchLabels);
  return (labels = {}) =>
    pairs.every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key]));
}

/** What the selector of a workload selects. An empty one selects nothing here: a workload that owns all pods is a mistake. */
export function matcherOf(selector: LabelSelector): Matcher {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.keys(matchLabels).length + matchExpressions.length === 0 ? () => false : selectorOf(selector);
}

export const selects = (selector: LabelSelector, labels?: Labels): boolean => matcherOf(selector)(labels);
