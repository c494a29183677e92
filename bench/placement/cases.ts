/** Small clusters and batches, drawn from a seed. */
import { rankOrderWeights } from '../../src/scheduling/load/weights.js';
import type { Amounts } from '../../src/scheduling/resources/amounts.js';
import type { Random } from '../../src/support/random.js';

/** Of which a node has some, the most important first. */
export const resources = ['cpu', 'memory', 'network', 'disk'] as const;

/** w_r: those of the ranking, for all policies and objectives alike. */
export const weights = rankOrderWeights(resources);

export interface PodClass {
  readonly requests: Amounts;
  /** n_m */
  readonly pods: number;
}

export interface CaseNode {
  readonly kind: string;
  readonly capacity: Amounts;
}

export interface PlacementCase {
  readonly nodes: readonly CaseNode[];
  readonly classes: readonly PodClass[];
}

/** What there is of nodes: cpu in thousandths of a core, memory in GiB, network in Mbit/s, disk in GB. */
const kinds: readonly CaseNode[] = [
  { kind: 'general', capacity: { cpu: 16_000, memory: 64, network: 1000, disk: 400 } },
  { kind: 'compute', capacity: { cpu: 32_000, memory: 64, network: 1000, disk: 200 } },
  { kind: 'memory', capacity: { cpu: 16_000, memory: 128, network: 500, disk: 400 } },
];

/** Steps in which classes ask for resources, and at most how many of them. */
const steps: Readonly<Record<string, { readonly size: number; readonly most: number }>> = {
  cpu: { size: 500, most: 16 },
  memory: { size: 1, most: 32 },
  network: { size: 10, most: 40 },
  disk: { size: 5, most: 32 },
};

const [fewestPods, mostPods] = [20, 40];

export interface CaseSettings {
  /** How much of what there is of the scarcest resource all pods together ask for, about. */
  readonly demand: number;
  /** How large pods are, 1 being the largest steps. */
  readonly size: number;
}

/** 4 to 6 nodes of 2 or 3 kinds, and 20 to 40 pods of 5 to 8 classes. */
export function drawCase(random: Random, { demand, size }: CaseSettings): PlacementCase {
  const some = kinds.slice(0, random.integer(2, 3));
  const nodes = Array.from({ length: random.integer(4, 6) }, (_, index) => some[index] ?? random.pick(some));
  const requests = Array.from({ length: random.integer(5, 8) }, () => drawRequests(random, size));
  const pods = requests.map(() => 0);
  for (let total = 0; total < mostPods; total++) {
    if (total >= fewestPods && scarcest({ nodes, classes: classesOf(requests, pods) }) >= demand) break;
    pods[random.integer(0, pods.length - 1)]!++;
  }
  return { nodes, classes: classesOf(requests, pods) };
}

/** Of one resource more than of the others. */
function drawRequests(random: Random, size: number): Amounts {
  const main = random.pick(resources);
  return Object.fromEntries(
    resources.map((resource) => {
      const { size: step, most } = steps[resource] ?? { size: 1, most: 1 };
      return [resource, step * random.integer(1, Math.ceil((size * most) / (resource === main ? 1 : 2)))];
    }),
  );
}

const classesOf = (requests: readonly Amounts[], pods: readonly number[]): readonly PodClass[] =>
  requests.map((one, job) => ({ requests: one, pods: pods[job] ?? 0 })).filter((one) => one.pods > 0);

/** The most that is asked for of any resource, as a part of what there is. */
export function scarcest({ nodes, classes }: PlacementCase): number {
  const parts = resources.map((resource) => {
    const asked = classes.reduce((sum, { requests, pods }) => sum + pods * (requests[resource] ?? 0), 0);
    return asked / nodes.reduce((sum, { capacity }) => sum + (capacity[resource] ?? 0), 0);
  });
  return Math.max(...parts);
}

/** Σ_r w_r·a_rm/C_rj: what a pod adds to Q*_j, formulas (3) and (5) of Xu and Chen. */
export const worthOn = ({ nodes, classes }: PlacementCase, job: number, node: number): number =>
  weighted(classes[job]?.requests, nodes[node]?.capacity);

/** Σ_r w_r·a_rm/C̄_r with C̄_r the mean over the nodes: the same for a pod wherever it is. */
export function worthAnywhere({ nodes, classes }: PlacementCase, job: number): number {
  const mean = resources.map((resource) => [
    resource,
    nodes.reduce((sum, { capacity }) => sum + (capacity[resource] ?? 0), 0) / nodes.length,
  ]);
  return weighted(classes[job]?.requests, Object.fromEntries(mean));
}

const weighted = (requests: Amounts = {}, capacity: Amounts = {}): number =>
  resources.reduce(
    (sum, resource) => sum + ((weights[resource] ?? 0) * (requests[resource] ?? 0)) / (capacity[resource] ?? Infinity),
    0,
  );

/** Pairs of neighbours among the nodes of each kind. */
export function equalNodes({ nodes }: PlacementCase): readonly (readonly [number, number])[] {
  const last = new Map<string, number>();
  return nodes.flatMap(({ kind }, node) => {
    const before = last.get(kind);
    last.set(kind, node);
    return before === undefined ? [] : [[before, node] as const];
  });
}
