/** What a pod asks of its node: `PodRequests` of k8s.io/component-helpers/resource. */
import type { Container, Pod, PodSpec } from '../../api/kubernetes.js';
import { type Amounts, amountOf, amountsOf, most, type Quantities, sum } from './amounts.js';

/** What a container asks for and may use at most (`v1.ResourceRequirements`). */
export interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

/** What kube-scheduler's scores take a container to ask for that does not say (`util.DefaultMilliCPURequest`, `DefaultMemoryRequest`). */
export const nonZeroDefaults: Amounts = { cpu: 100, memory: 200 * 2 ** 20 };

const none: PodSpec = { containers: [] };
const onePod: Amounts = { pods: 1 };

/** A request that is not stated is the limit, as the API server fills it in. */
export const containerRequests = (resources: Resources | undefined): Amounts =>
  amountsOf({ ...resources?.limits, ...resources?.requests });

type RequestsOf = (container: Container) => Amounts;

/** What the spec asks for, one `pods` included. */
export const podRequests = (spec: PodSpec = none): Amounts =>
  sum(withPodLevel(aggregate(spec, specRequests), spec.resources), amountsOf(spec.overhead), onePod);

/**
 * What kube-scheduler's score by NodeResourcesFit takes a pod that waits to ask for: each container without a request for cpu or
 * memory as one with a small one. What the pod level states is not looked at there (`resourceAllocationScorer` in 1.37).
 */
export const scoredRequests = (spec: PodSpec = none): Amounts =>
  sum(
    aggregate(spec, (container) => ({ ...nonZeroDefaults, ...specRequests(container) })),
    amountsOf(spec.overhead),
  );

/**
 * What a pod holds on its node: while a resize is under way, the greatest of what it wants, what it was allotted and what
 * it has; without what it wants, when the node has said that it can never have that.
 */
export const heldByPod = (pod: PodResources): Amounts => sum(held(pod, {}), onePod);

type PodResources = Pick<Pod, 'spec' | 'status'>;

/**
 * The same as others' scores count it (`PodInfo.CalculateResource`): containers without a request for cpu or memory count as ones
 * with a small one. Where the pod level states anything, that goes for what neither it nor any container asks for.
 */
export function nonZeroHeldByPod(pod: PodResources): Amounts {
  if (!statesPodLevel(pod.spec)) return held(pod, nonZeroDefaults);
  const amounts = held(pod, {});
  const unstated = Object.entries(nonZeroDefaults).filter(([name]) => amounts[name] === undefined);
  return unstated.length === 0 ? amounts : held(pod, Object.fromEntries(unstated));
}

const statesPodLevel = (spec: PodSpec | undefined): boolean =>
  Object.keys(spec?.resources?.requests ?? {}).some(isPodLevelResource);

function held({ spec = none, status }: PodResources, defaults: Amounts): Amounts {
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const wanted: RequestsOf = (container) => ({ ...defaults, ...specRequests(container) });
  const infeasible = status?.conditions?.find(({ type }) => type === 'PodResizePending')?.reason === 'Infeasible';
  const resized = statuses.some(({ resources, allocatedResources }) => resources || allocatedResources);
  if (!resized && !infeasible && !status?.resources)
    return sum(withPodLevel(aggregate(spec, wanted), spec.resources), amountsOf(spec.overhead));
  const unstated: RequestsOf = infeasible ? () => defaults : wanted;
  const statusOf = ({ name }: Container) => statuses.find((one) => one.name === name);
  const allocated: RequestsOf = (container) => {
    const amounts = statusOf(container)?.allocatedResources;
    return amounts ? { ...defaults, ...amountsOf(amounts) } : unstated(container);
  };
  const actual: RequestsOf = (container) => {
    const amounts = statusOf(container)?.resources?.requests;
    return amounts ? { ...defaults, ...amountsOf(amounts) } : allocated(container);
  };
  // what the status says of the whole pod is the sum over its containers already
  const ofPod = status?.allocatedResources && status.resources?.requests;
  const parts = ofPod
    ? [amountsOf(status.allocatedResources), amountsOf(ofPod)]
    : [aggregate(spec, allocated), aggregate(spec, actual)];
  const amounts = most(...parts, ...(infeasible ? [] : [aggregate(spec, wanted)]));
  return sum(withPodLevel(amounts, heldByPodLevel(spec, status, infeasible)), amountsOf(spec.overhead));
}

function heldByPodLevel(spec: PodSpec, status: Pod['status'], infeasible: boolean): Resources | undefined {
  const { requests } = spec.resources ?? {};
  if (!requests || !statesPodLevel(spec) || !status?.resources) return spec.resources;
  const greatest: Record<string, string | number> = {};
  for (const part of [infeasible ? {} : requests, status.resources.requests ?? {}, status.allocatedResources ?? {}])
    for (const [name, quantity] of Object.entries(part)) {
      const known = greatest[name];
      if (quantity === undefined) continue;
      if (known === undefined || amountOf(name, quantity) > amountOf(name, known)) greatest[name] = quantity;
    }
  return { requests: greatest };
}

const specRequests: RequestsOf = ({ resources }) => containerRequests(resources);

/**
 * Containers and sidecars add up; an init container counts where it, with the sidecars that started before it, needs more
 * than all that run later.
 */
function aggregate(spec: PodSpec, requests: RequestsOf): Amounts {
  let sidecars: Amounts = {};
  let initial: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const needs = sum(sidecars, requests(container));
    if (container.restartPolicy === 'Always') sidecars = needs;
    initial = most(initial, needs);
  }
  return most(sum(sidecars, ...spec.containers.map(requests)), initial);
}

/** What can be asked for at the level of the pod, instead of what its containers add up to. */
export const isPodLevelResource = (name: string): boolean =>
  name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');

/** What the pod level states stands; a limit there stands for what neither it nor a container asks for. */
function withPodLevel(amounts: Amounts, resources: Resources | undefined): Amounts {
  if (!resources) return amounts;
  const ofLevel = (quantities: Quantities | undefined) =>
    Object.fromEntries(Object.entries(amountsOf(quantities)).filter(([name]) => isPodLevelResource(name)));
  return { ...ofLevel(resources.limits), ...amounts, ...ofLevel(resources.requests) };
}

/** What a pod may use at most (`PodLimits`): only what all of its containers together state. */
export function podLimits(spec: PodSpec = none): Amounts {
  const limits = withPodLevel(
    aggregate(spec, ({ resources }) => amountsOf(resources?.limits)),
    { requests: spec.resources?.limits ?? {} },
  );
  const overhead = amountsOf(spec.overhead);
  return Object.fromEntries(
    Object.entries(limits).map(([name, amount]) => [name, amount && amount + (overhead[name] ?? 0)]),
  );
}
