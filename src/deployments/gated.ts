import type { Deployment, ReplicaSet } from '../api/kubernetes.js';
import { optIn, stockGate } from '../api/names.js';

/**
 * Whether its pods wait for the operator before they start: where the gate's policy is installed, by an annotation of the template, or
 * by the gate that the template itself has.
 */
export function hasGatedPods({ spec }: Pick<Deployment | ReplicaSet, 'spec'>): boolean {
  const { metadata, spec: pod } = spec?.template ?? {};
  return (
    metadata?.annotations?.[optIn.gate] === 'true' ||
    (pod?.schedulingGates?.some(({ name }) => name === stockGate) ?? false)
  );
}

/** Of these Deployments, those whose pods wait for the operator before they start. */
export const gatedDeployments = (deployments: Iterable<Deployment>): readonly Deployment[] =>
  [...deployments].filter(hasGatedPods);
