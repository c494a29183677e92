import type { PodSpec } from '../../api/kubernetes.js';
import { amountsOf } from './amounts.js';
import { containerRequests, isPodLevelResource, type Resources } from './pod-requests.js';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const counted = ['cpu', 'memory'] as const;

/**
 * The class that the kubelet evicts by (`ComputePodQOS`): that of the resources at the level of the pod, where it states any, else
 * the one that all containers, init containers too, have in common.
 */
export function qosClass({ resources, containers, initContainers = [] }: PodSpec): QosClass {
  const stated = Object.keys({ ...resources?.requests, ...resources?.limits });
  if (stated.some(isPodLevelResource)) return classOf(resources);
  const classes = new Set([...initContainers, ...containers].map((container) => classOf(container.resources)));
  const [first = 'BestEffort', ...others] = classes;
  return others.length === 0 ? first : 'Burstable';
}

function classOf(resources: Resources | undefined): QosClass {
  const requests = containerRequests(resources);
  const limits = amountsOf(resources?.limits);
  if (counted.every((name) => (requests[name] ?? 0) === 0 && (limits[name] ?? 0) === 0)) return 'BestEffort';
  const isBounded = (name: (typeof counted)[number]) => (limits[name] ?? 0) > 0 && requests[name] === limits[name];
  return counted.every(isBounded) ? 'Guaranteed' : 'Burstable';
}
