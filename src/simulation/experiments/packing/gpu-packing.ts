import { ScheduleAlgorithm } from '../../../scheduling/algorithm/schedule-algorithm.js';
import { gpuMilli, withCards } from '../../../scheduling/gpu/cards.js';
import type { Random } from '../../../support/random.js';
import { infoOf } from '../../engine/objects.js';
import { arrivingPods, type Openb } from '../../workloads/openb.js';
import type { GpuPolicy } from './gpu-policies.js';

export interface Packing {
  /** GPUs allocated at the end in % of all. */
  readonly allocated: number;
  readonly arrived: number;
  /** Of those that came, how many fitted nowhere. */
  readonly dropped: number;
  /** GPUs allocated in % of all, a value for each hundredth of what was asked for. */
  readonly course: readonly number[];
}

const coursePoints = 100;

/**
 * Pods come one by one and stay; who fits nowhere is dropped (Weng et al., USENIX ATC 2023).
 * @param random the same for all policies: they see the same pods
 */
export function packGpus(openb: Openb, { name, create }: GpuPolicy, random: Random, signal?: AbortSignal): Packing {
  const arriving = arrivingPods(openb, random);
  const { policy, cards } = create(openb.pods, random.split(name));
  const algorithm = new ScheduleAlgorithm(policy);
  const nodes = openb.nodes();
  const course: number[] = [];
  let [milli, dropped] = [0, 0];
  for (const [index, shape] of arriving.entries()) {
    signal?.throwIfAborted();
    const row = algorithm.select(shape, nodes);
    if (row < 0) dropped++;
    else {
      const chosen = cards(shape, nodes, row);
      if (!chosen) throw new Error(`policy ${name} chose a node without the cards that pod ${index} needs`);
      nodes.place(infoOf(`p${index}`, withCards(shape, chosen)), row);
      milli += shape.requests[gpuMilli] ?? 0;
    }
    if (((index + 1) * coursePoints) / arriving.length >= course.length + 1) course.push((100 * milli) / openb.milli);
  }
  return { allocated: (100 * milli) / openb.milli, arrived: arriving.length, dropped, course };
}
