import type { Node, PodSpec } from '../api/kubernetes.js';

export type Taint = Pick<NonNullable<NonNullable<Node['spec']>['taints']>[number], 'key' | 'value' | 'effect'>;
export type Toleration = NonNullable<PodSpec['tolerations']>[number];

/**
 * The first toleration that takes this taint, if any (`ToleratesTaint` of k8s.io/api). `Lt` and `Gt` take none: their feature
 * gate, TaintTolerationComparisonOperators, is alpha and off unless a cluster sets it.
 */
export const tolerationOf = (tolerations: readonly Toleration[], taint: Taint): Toleration | undefined =>
  tolerations.find(({ key, value, effect, operator }) => {
    if (effect && effect !== taint.effect) return false;
    if (key && key !== taint.key) return false;
    if (operator === 'Exists') return true;
    return (!operator || operator === 'Equal') && (value ?? '') === (taint.value ?? '');
  });

export const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerationOf(tolerations, taint) !== undefined;

/** The first taint that keeps a pod with these tolerations from being put on the node (`FindMatchingUntoleratedTaint`). */
export const untolerated = (tolerations: readonly Toleration[], { spec }: Pick<Node, 'spec'>): Taint | undefined =>
  spec?.taints?.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(tolerations, taint));
