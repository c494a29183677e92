import { type LabelMatcher, mergedSelector } from '../affinity/selector.js';
import { selectorOf } from '../../api/meta/label-selector.js';
import type { Labels, SpreadConstraint } from '../pod-shape.js';

/** A spread constraint of a pod, with what the API leaves unsaid. */
export interface Spread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  /** With fewer domains the emptiest counts as empty. */
  readonly minDomains: number;
  /** Whether only nodes count that the pod's selector and affinity select. */
  readonly honorsAffinity: boolean;
  /** Whether only nodes count whose taints the pod tolerates. */
  readonly honorsTaints: boolean;
  readonly matches: LabelMatcher;
  /** An empty selector counts the pod itself, but none of those that are there. */
  readonly isEmpty: boolean;
}

export const unsatisfiable = { hard: 'DoNotSchedule', soft: 'ScheduleAnyway' } as const;

/** Constraints of one kind, of a pod with these labels. */
export const spreadsOf = (
  constraints: readonly SpreadConstraint[],
  labels: Labels,
  whenUnsatisfiable: (typeof unsatisfiable)[keyof typeof unsatisfiable],
): readonly Spread[] =>
  constraints.flatMap((constraint) =>
    constraint.whenUnsatisfiable === whenUnsatisfiable ? [spreadOf(constraint, labels)] : [],
  );

function spreadOf(constraint: SpreadConstraint, labels: Labels): Spread {
  const {
    topologyKey,
    maxSkew,
    minDomains = 1,
    nodeAffinityPolicy = 'Honor',
    nodeTaintsPolicy = 'Ignore',
  } = constraint;
  const selector = mergedSelector(constraint, labels);
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return {
    topologyKey,
    maxSkew,
    minDomains,
    honorsAffinity: nodeAffinityPolicy === 'Honor',
    honorsTaints: nodeTaintsPolicy === 'Honor',
    matches: selector ? selectorOf(selector) : () => false,
    isEmpty: selector !== undefined && Object.keys(matchLabels).length + matchExpressions.length === 0,
  };
}
