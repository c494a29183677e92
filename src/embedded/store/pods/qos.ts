import { milliValue } from '../../../support/quantity.js';
import { isObject, type JsonObject, listOf, objectAt } from '../json.js';

const counted = ['cpu', 'memory'] as const;

const amountOf = (list: unknown, resource: string): number => {
  const amount = isObject(list) ? list[resource] : undefined;
  return typeof amount === 'string' || typeof amount === 'number' ? milliValue(amount) : 0;
};

/** The class that the kubelet evicts by, from the requests and limits of all containers. */
export function qosClass(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const requests = new Map<string, number>();
  const limits = new Map<string, number>();
  let guaranteed = true;
  for (const container of [...listOf(spec.containers), ...listOf(spec.initContainers)]) {
    const resources = objectAt(container, 'resources');
    for (const resource of counted) {
      const request = amountOf(resources.requests, resource);
      const limit = amountOf(resources.limits, resource);
      if (request > 0) requests.set(resource, (requests.get(resource) ?? 0) + request);
      if (limit > 0) limits.set(resource, (limits.get(resource) ?? 0) + limit);
      else guaranteed = false;
    }
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort';
  const equal = [...requests].every(([resource, amount]) => limits.get(resource) === amount);
  return guaranteed && equal && requests.size === limits.size ? 'Guaranteed' : 'Burstable';
}

/** What a pod asks of its node in thousandths: its containers together, or its greediest init container. */
export function podRequest(spec: JsonObject, resource: 'cpu' | 'memory'): number {
  const requestOf = (container: unknown) => amountOf(objectAt(container, 'resources').requests, resource);
  let running = listOf(spec.containers).reduce<number>((sum, container) => sum + requestOf(container), 0);
  let starting = 0;
  let sidecars = 0;
  for (const container of listOf(spec.initContainers)) {
    if (objectAt(container).restartPolicy === 'Always') sidecars += requestOf(container);
    starting = Math.max(
      starting,
      sidecars + (objectAt(container).restartPolicy === 'Always' ? 0 : requestOf(container)),
    );
  }
  running += sidecars;
  const overhead = amountOf(spec.overhead, resource);
  return Math.max(running, starting) + overhead;
}
