import type { Node, PodSpec } from '../api/kubernetes.js';

export type Taint = Pick<NonNullable<NonNullable<Node['spec']>['taints']>[number], 'key' | 'value' | 'effect'>;
export type Toleration = NonNullable<PodSpec['tolerations']>[number];

/** The first toleration that takes this taint, if any (`ToleratesTaint` of k8s.io/api). */
export function tolerationOf(tolerations: readonly Toleration[], taint: Taint): Toleration | undefined {
  return tolerations.find(({ key, value, effect, operator = 'Equal' }) => {
    if (effect && effect !== taint.effect) return false;
    if (key && key !== taint.key) return false;
    if (!key && operator !== 'Exists') return false;
    return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
  });
}

export const tolerates = (tolerations: readonly Toleration[], taint: Taint): boolean =>
  tolerationOf(tolerations, taint) !== undefined;
