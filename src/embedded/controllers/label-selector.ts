import type { ReplicaSet } from '../../api/kubernetes.js';
import { holds } from './requirement.js';

/** `metav1.LabelSelector`. */
export type LabelSelector = NonNullable<ReplicaSet['spec']>['selector'];
type Labels = Readonly<Record<string, string>>;

/** What a selector selects. An empty one selects nothing here: a workload that owns all pods is a mistake. */
export function matcherOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): (labels?: Labels) => boolean {
  const pairs = Object.entries(matchLabels);
  if (pairs.length + matchExpressions.length === 0) return () => false;
  return (labels = {}) =>
    pairs.every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key]));
}

export const selects = (selector: LabelSelector, labels?: Labels): boolean => matcherOf(selector)(labels);
