/** What a claim's item asks of a container's size, against what the pool's template allows. Pure. */
import type { ClaimItem } from '../../../api/container-claim.js';
import type { Container, Pod, PodSpec } from '../../../api/kubernetes.js';
import { qosClass } from '../../../scheduling/index.js';
import { milliValue, sameQuantity } from '../../../support/quantity.js';
import { type Containing, mainContainer, withMainContainer } from '../../main-container.js';

type Amounts = Readonly<Record<string, string>>;
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const resizable = ['cpu', 'memory'] as const;
const none: PodSpec = { containers: [] };

/** The size that the item wants of a container that now has `container.resources`: what it leaves out stays. */
export function wantedResources(item: Pick<ClaimItem, 'resources'>, container: Container): Resources {
  const { requests, limits } = item.resources ?? {};
  return {
    requests: merged(container.resources?.requests, requests),
    limits: merged(container.resources?.limits, limits),
  };
}

function merged(
  present: Amounts | undefined,
  wanted: { readonly cpu?: string | number; readonly memory?: string | number } | undefined,
): Amounts {
  const result: Record<string, string> = { ...present };
  for (const resource of resizable) {
    const amount = wanted?.[resource];
    if (amount !== undefined) result[resource] = String(amount);
  }
  return result;
}

/** Whether two sizes are the same amounts of cpu and memory, however they are written. */
export function sameResources(a: Partial<Resources> | undefined, b: Partial<Resources> | undefined): boolean {
  return (['requests', 'limits'] as const).every((bound) =>
    resizable.every((resource) => sameQuantity(a?.[bound]?.[resource], b?.[bound]?.[resource])),
  );
}

/** Whether a size has all the amounts of cpu and memory that another states. */
export function hasStated(size: Partial<Resources> | undefined, stated: Partial<Resources> | undefined): boolean {
  return (['requests', 'limits'] as const).every((bound) =>
    resizable.every((resource) => {
      const amount = stated?.[bound]?.[resource];
      return amount === undefined || sameQuantity(size?.[bound]?.[resource], amount);
    }),
  );
}

/**
 * Why the main container cannot take the item's size in place; `undefined` when it can.
 * @param pod a template, or a pod as the server has it: what admission put beside its containers counts for its class
 */
export function refusalOf(
  item: Pick<ClaimItem, 'resources'>,
  pod: Containing & Partial<Pick<Pod, 'status'>>,
): string | undefined {
  const main = mainContainer(pod);
  if (!main || !item.resources) return undefined;
  const wanted = wantedResources(item, main);
  if (sameResources(wanted, main.resources)) return undefined;
  for (const resource of resizable) {
    const [request, limit] = [wanted.requests[resource], wanted.limits[resource]];
    if (request !== undefined && limit !== undefined && milliValue(request) > milliValue(limit)) {
      return `${resource}: the request ${request} would exceed the limit ${limit}`;
    }
    const changed =
      !sameQuantity(request, main.resources?.requests?.[resource]) ||
      !sameQuantity(limit, main.resources?.limits?.[resource]);
    const policy = main.resizePolicy?.find(({ resourceName }) => resourceName === resource)?.restartPolicy;
    if (changed && policy === 'RestartContainer') {
      return `${resource}: the pool's template has resizePolicy RestartContainer for it, so a resize would restart the container`;
    }
  }
  const before = pod.status?.qosClass ?? qosClass(pod.spec ?? none);
  const after = qosClass(withMainContainer(pod, (container) => ({ ...container, resources: wanted })) ?? none);
  return before === after
    ? undefined
    : `the quality of service class would change from ${before} to ${after}, which Kubernetes refuses for a running pod`;
}
