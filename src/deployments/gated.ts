import type { Deployment } from '../api/kubernetes.js';
import { optIn, stockGate } from '../api/names.js';

/**
 * Of these Deployments, those whose pods wait for the operator before they start: where the gate's policy is installed, by
 * an annotation of their template, or by the gate that the template itself has.
 */
export const gatedDeployments = (deployments: Iterable<Deployment>): readonly Deployment[] =>
  [...deployments].filter(({ spec }) => {
    const { metadata, spec: pod } = spec?.template ?? {};
    return (
      metadata?.annotations?.[optIn.gate] === 'true' ||
      (pod?.schedulingGates?.some(({ name }) => name === stockGate) ?? false)
    );
  });
