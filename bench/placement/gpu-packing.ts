import { ScheduleAlgorithm } from '../../src/scheduling/algorithm/schedule-algorithm.js';
import { gpuMilli, withCards } from '../../src/scheduling/gpu/cards.js';
import { seededRandom } from '../../src/support/random.js';
import { infoOf } from '../../src/simulation/engine/objects.js';
import { printTable } from '../measure.js';
import { halfInterval, mean } from '../../src/support/statistics.js';
import { type GpuPolicy, gpuPolicies } from './gpu-policies.js';
import { arrivingPods, type Openb } from './openb.js';

export interface PackingResult {
  readonly policy: string;
  /** GPUs allocated at the end in % of all, by seed. */
  readonly allocated: readonly number[];
  readonly mean: number;
  /** Half of the 95 % interval of the mean. */
  readonly half: number;
  /** The published mean of ten seeds of its own. */
  readonly published?: number | undefined;
  readonly podsPerSecond: number;
}

/** Pods come one by one and stay; who fits nowhere is dropped. */
export function gpuPacking(openb: Openb, seeds: number): readonly PackingResult[] {
  return gpuPolicies.map((gpuPolicy) => {
    let [pods, milliseconds] = [0, 0];
    const allocated = Array.from({ length: seeds }, (_, seed) => {
      const start = performance.now();
      const run = packed(openb, gpuPolicy, seed + 1);
      milliseconds += performance.now() - start;
      pods += run.pods;
      return run.allocated;
    });
    const { name: policy, published } = gpuPolicy;
    const podsPerSecond = (1000 * pods) / milliseconds;
    return { policy, allocated, mean: mean(allocated), half: halfInterval(allocated), published, podsPerSecond };
  });
}

function packed(openb: Openb, { name, create }: GpuPolicy, seed: number): { allocated: number; pods: number } {
  const random = seededRandom(`openb ${seed}`);
  // the same pods for each policy
  const arriving = arrivingPods(openb, random);
  const { policy, cards } = create(openb.pods, random.split(name));
  const algorithm = new ScheduleAlgorithm(policy);
  const nodes = openb.nodes();
  let milli = 0;
  for (const [index, shape] of arriving.entries()) {
    const row = algorithm.select(shape, nodes);
    if (row < 0) continue;
    const chosen = cards(shape, nodes, row);
    if (!chosen) throw new Error(`policy ${name} chose a node without the cards that pod ${index} needs`);
    nodes.place(infoOf(`p${index}`, withCards(shape, chosen)), row);
    milli += shape.requests[gpuMilli] ?? 0;
  }
  return { allocated: (100 * milli) / openb.milli, pods: arriving.length };
}

export function printGpuPacking(results: readonly PackingResult[], about: string, seeds: number): void {
  printTable(
    `placement, openb: GPUs allocated in % of all, ${about}; ${seeds} seeds, beside the published means of ten others`,
    ['policy', 'allocated', 'published', 'difference', 'pods/s'],
    results.map(({ policy, mean: allocated, half, published, podsPerSecond }) => [
      policy,
      Number.isNaN(half) ? allocated.toFixed(2) : `${allocated.toFixed(2)} ± ${half.toFixed(2)}`,
      published?.toFixed(2) ?? '',
      published === undefined ? '' : (allocated - published).toFixed(2),
      `${Math.round(podsPerSecond)}`,
    ]),
  );
  console.log('  published besides, not run here: clustering 91.88, packing 92.00');
}
