import type { Node, PodSpec } from '../kubernetes.js';
import { holds } from './requirement.js';

type RequiredAffinity = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>;
/** `v1.NodeSelectorTerm`. */
export type NodeTerm = RequiredAffinity['nodeSelectorTerms'][number];

/** What a pod requires of its node, by name and labels. */
export interface NodeSelection {
  readonly nodeSelector: Readonly<Record<string, string>> | undefined;
  /** One of these must hold; `undefined`: nothing is required. */
  readonly affinity: readonly NodeTerm[] | undefined;
}

/** Whether a node is one of those that the pod may be on. */
export function isSelected({ nodeSelector, affinity }: NodeSelection, { metadata }: Pick<Node, 'metadata'>): boolean {
  const { labels = {} } = metadata;
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false;
  return affinity === undefined || affinity.some((term) => meets(term, metadata.name, labels));
}

/** A term with neither expressions nor fields selects nothing. */
function meets(
  { matchExpressions = [], matchFields = [] }: NodeTerm,
  name: string,
  labels: Readonly<Record<string, string>>,
): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((expression) => holds(expression, labels[expression.key])) &&
    matchFields.every((field) => holds(field, field.key === 'metadata.name' ? name : undefined))
  );
}
