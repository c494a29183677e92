import type { Deployment } from '../../../api/kubernetes.js';
import { scaledValue } from '../scaled-value.js';

/** How far a roll-out may go beyond and below `replicas`, in pods. */
export interface Limits {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
}

/** `ResolveFenceposts` of k8s.io/kubernetes: percentages of `replicas`, surge rounded up, unavailable down; not both 0. */
export function limitsOf({ spec }: Pick<Deployment, 'spec'>): Limits {
  const replicas = spec?.replicas ?? 1;
  if (spec?.strategy?.type === 'Recreate') return { replicas, surge: 0, unavailable: 0 };
  const { maxSurge = '25%', maxUnavailable = '25%' } = spec?.strategy?.rollingUpdate ?? {};
  const surge = scaledValue(maxSurge, replicas, Math.ceil);
  const unavailable = scaledValue(maxUnavailable, replicas, Math.floor);
  return { replicas, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, replicas) };
}
