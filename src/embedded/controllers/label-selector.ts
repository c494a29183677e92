import type { ReplicaSet } from '../../api/kubernetes.js';

/** `metav1.LabelSelector`. */
export type LabelSelector = NonNullable<ReplicaSet['spec']>['selector'];
type Labels = Readonly<Record<string, string>>;

/** What a selector selects. An empty one selects nothing here: a workload that owns all pods is a mistake. */
export function matcherOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): (labels?: Labels) => boolean {
  const pairs = Object.entries(matchLabels);
  if (pairs.length + matchExpressions.length === 0) return () => false;
  return (labels = {}) =>
    pairs.every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value);
        case 'NotIn':
          return value === undefined || !values.includes(value);
        case 'Exists':
          return value !== undefined;
        case 'DoesNotExist':
          return value === undefined;
        default:
          return false;
      }
    });
}

export const selects = (selector: LabelSelector, labels?: Labels): boolean => matcherOf(selector)(labels);
