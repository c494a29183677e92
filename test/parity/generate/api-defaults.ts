/** What the API server makes of a pod before it stores it, as far as a scheduler sees it. */
import type { PodSpec } from '../../../src/api/kubernetes.js';
import { mergedSelector } from '../../../src/scheduling/affinity/selector.js';
import type { Labels, PodTerm, SpreadConstraint, WeightedPodTerm } from '../../../src/scheduling/pod-shape.js';
import { type Amounts } from '../../../src/scheduling/resources/amounts.js';
import { isPodLevelResource, podRequests } from '../../../src/scheduling/resources/pod-requests.js';
import { withDefaultRequests } from './resources.js';

export function stored(given: PodSpec, labels: Labels): PodSpec {
  const containers = given.containers.map(withDefaultRequests);
  const initContainers = given.initContainers?.map(withDefaultRequests);
  const spec = { ...given, containers, ...(initContainers ? { initContainers } : {}) };
  const { affinity, topologySpreadConstraints, resources } = spec;
  return {
    ...spec,
    ...(affinity ? { affinity: mergedAffinity(affinity, labels) } : {}),
    ...(topologySpreadConstraints
      ? { topologySpreadConstraints: topologySpreadConstraints.map((one) => merged(one, labels)) }
      : {}),
    ...(resources ? { resources: podLevelDefaults(spec) } : {}),
  };
}

const merged = <T extends PodTerm | SpreadConstraint>(term: T, labels: Labels): T => {
  const labelSelector = mergedSelector(term, labels);
  return labelSelector ? { ...term, labelSelector } : term;
};

const mergedTerms = (terms: readonly PodTerm[], labels: Labels) => terms.map((term) => merged(term, labels));
const mergedWeighted = (terms: readonly WeightedPodTerm[], labels: Labels) =>
  terms.map((term) => ({ ...term, podAffinityTerm: merged(term.podAffinityTerm, labels) }));

function mergedAffinity(affinity: NonNullable<PodSpec['affinity']>, labels: Labels): NonNullable<PodSpec['affinity']> {
  const all = (terms: typeof affinity.podAffinity) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: hard,
      preferredDuringSchedulingIgnoredDuringExecution: soft,
    } = terms ?? {};
    return {
      ...(hard ? { requiredDuringSchedulingIgnoredDuringExecution: mergedTerms(hard, labels) } : {}),
      ...(soft ? { preferredDuringSchedulingIgnoredDuringExecution: mergedWeighted(soft, labels) } : {}),
    };
  };
  const { podAffinity, podAntiAffinity } = affinity;
  return {
    ...affinity,
    ...(podAffinity ? { podAffinity: all(podAffinity) } : {}),
    ...(podAntiAffinity ? { podAntiAffinity: all(podAntiAffinity) } : {}),
  };
}

/** `defaultPodRequests` of kube-apiserver: only where the pod level has limits. Huge pages are never overcommitted. */
function podLevelDefaults(spec: PodSpec): PodSpec['resources'] {
  const { resources } = spec;
  if (!resources?.limits || Object.keys(resources.limits).length === 0) return resources;
  const { resources: _, overhead: __, ...ofContainers } = spec;
  return {
    ...resources,
    requests: { ...resources.limits, ...quantities(podRequests(ofContainers)), ...resources.requests },
  };
}

const quantities = (amounts: Amounts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(amounts)
      .filter(([name]) => isPodLevelResource(name) && !name.startsWith('hugepages'))
      .map(([name, amount]) => [name, name === 'cpu' ? `${amount}m` : `${amount}`]),
  );
