import type { Container, Pod, PodSpec } from '../api/kubernetes.js';
import { milliValue, value } from '../support/quantity.js';

/** Amounts of resources by name: cpu in thousandths of a core, everything else in its base unit (bytes, pieces). */
export type Amounts = Readonly<Record<string, number>>;

type Quantities = Readonly<Record<string, string>>;

/** What a container asks for and may use at most (`ResourceRequirements`). */
export interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

export function amountsOf(quantities: Quantities = {}): Amounts {
  const amounts: Record<string, number> = {};
  for (const [name, quantity] of Object.entries(quantities))
    amounts[name] = name === 'cpu' ? milliValue(quantity) : value(quantity);
  return amounts;
}

export function sum(...parts: readonly Amounts[]): Amounts {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [name, amount] of Object.entries(part)) total[name] = (total[name] ?? 0) + amount;
  return total;
}

export function most(...parts: readonly Amounts[]): Amounts {
  const top: Record<string, number> = {};
  for (const part of parts)
    for (const [name, amount] of Object.entries(part)) top[name] = Math.max(top[name] ?? 0, amount);
  return top;
}

/** A request that is not stated is the limit, as the API server fills it in. */
export const requestsOf = (resources: Resources | undefined): Amounts =>
  amountsOf({ ...resources?.limits, ...resources?.requests });

/**
 * What a pod asks of its node, with `requests` for each of its containers: containers and sidecars add up, an init
 * container counts where it alone needs more (`PodRequests` of k8s.io/component-helpers).
 */
function totalOf(spec: PodSpec, requests: (container: Container) => Amounts): Amounts {
  let sidecars: Amounts = {};
  let initial: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const needs = sum(sidecars, requests(container));
    if (container.restartPolicy === 'Always') sidecars = needs;
    initial = most(initial, needs);
  }
  const running = sum(sidecars, ...spec.containers.map(requests));
  return sum(most(running, initial), amountsOf(spec.overhead), { pods: 1 });
}

/** What the spec asks for, one `pods` included. */
export const podRequests = (spec: PodSpec): Amounts => totalOf(spec, (container) => requestsOf(container.resources));

/**
 * What a pod occupies on its node: while a resize is under way, the greater of what it has and what it wants; what it
 * has, when the node has said that it can never have more.
 */
export function podOccupies(pod: Pod): Amounts {
  const statuses = pod.status?.containerStatuses;
  if (!statuses?.some((status) => status.resources)) return podRequests(pod.spec ?? { containers: [] });
  const infeasible = pod.status?.conditions?.some(
    ({ type, status, reason }) => type === 'PodResizePending' && status === 'True' && reason === 'Infeasible',
  );
  return totalOf(pod.spec ?? { containers: [] }, (container) => {
    const wanted = requestsOf(container.resources);
    const status = statuses.find(({ name }) => name === container.name);
    if (!status?.resources) return wanted;
    const held = most(requestsOf(status.resources), amountsOf(status.allocatedResources));
    return infeasible ? held : most(wanted, held);
  });
}

/** The resources of which `requests` are more than what is left, in the order of the requests. */
export function lacking(requests: Amounts, used: Amounts, allocatable: Amounts): readonly string[] {
  const names: string[] = [];
  for (const name in requests) {
    const amount = requests[name] ?? 0;
    if (amount > 0 && amount > (allocatable[name] ?? 0) - (used[name] ?? 0)) names.push(name);
  }
  return names;
}

/** A pod that has ended holds nothing any more. */
export const hasEnded = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
