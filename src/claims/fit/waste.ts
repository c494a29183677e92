/** How much of a container would be wasted on an item: what a claim that may choose among pools is matched by. Pure. */
import type { ClaimItem } from '../../api/container-claim.js';
import type { PodSpec } from '../../api/kubernetes.js';
import { type Containing, wantedResources, withMainContainer } from '../../line/index.js';
import { containerRequests, podRequests } from '../../scheduling/index.js';

const kinds = ['cpu', 'memory'] as const;

/** Thousandths of a core, bytes. */
export type Amounts = Readonly<Record<(typeof kinds)[number], number>>;

type Size = Pick<ClaimItem, 'resources'>;

/** What a pod asks its node for. */
export function requestsOf(spec: PodSpec): Amounts {
  const { cpu = 0, memory = 0 } = podRequests(spec);
  return { cpu, memory };
}

export interface Waste {
  /**
   * max over r in {cpu, memory} of (given_r − asked_r)⁺ / largest_r, from 0 to 1. given_r: what the pod asks its node for
   * once the item has its size; asked_r: what the item asks for, 0 where it does not say; largest_r: the greatest given_r
   * of the pools that are compared. So it is the dominant share of what nobody asked for.
   */
  readonly waste: number;
  /** max over r of |given_r − present_r| / largest_r: how far the container has to be resized. Decides between equals. */
  readonly resize: number;
}

/** What an item asks for, and a pod that it could be given. */
export interface Match {
  readonly item: Size;
  readonly pod: Containing;
}

/** What is wasted by each of these matches, in their order. */
export function wasteOf(matches: readonly Match[]): readonly Waste[] {
  const sizes = matches.map(({ item, pod }) => ({
    asked: askedBy(item),
    given: requestsOf(resized(item, pod)),
    present: requestsOf(pod.spec ?? none),
  }));
  const largest = (kind: keyof Amounts) => Math.max(1, ...sizes.map(({ given }) => given[kind]));
  const scale = { cpu: largest('cpu'), memory: largest('memory') };
  const dominant = (of: (kind: keyof Amounts) => number) => Math.max(...kinds.map((kind) => of(kind) / scale[kind]));
  return sizes.map(({ asked, given, present }) => ({
    waste: dominant((kind) => Math.max(0, given[kind] - asked[kind])),
    resize: dominant((kind) => Math.abs(given[kind] - present[kind])),
  }));
}

function askedBy({ resources }: Size): Amounts {
  const { cpu = 0, memory = 0 } = containerRequests(resources);
  return { cpu, memory };
}

const none: PodSpec = { containers: [] };

const resized = (item: Size, pod: Containing): PodSpec =>
  withMainContainer(pod, (main) => ({ ...main, resources: wantedResources(item, main) })) ?? none;
