import { z } from 'zod';
import { targetLoadScore, targetLoadScores } from '../kernels/trimaran.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyType } from './policy-type.js';

const settings = z.strictObject({
  target: z.number().gt(0).lt(100).default(40).describe('The utilization of cpu that is aimed at, in %.'),
  multiplier: z
    .number()
    .min(1)
    .default(1.5)
    .describe('How many times its request a pod without a limit is taken to use.'),
  defaultRequest: z.number().min(0).default(1000).describe('Thousandths of a core for a pod with neither.'),
});

/**
 * TargetLoadPacking of Trimaran (kubernetes-sigs/scheduler-plugins, KEP 61), cpu only. With U the utilization in % that the node would
 * have and T the target:
 *
 *   score = T + (100 − T)·U/T for U ≤ T;  T·(100 − U)/(100 − T) for T < U ≤ 100;  else 0
 *
 * rounded. A pod is taken to use its limit, else its request times the multiplier, else a default; here by pod, there by container.
 * A node that was not measured gets 0.
 */
export const targetLoadPacking = policyType({
  name: 'target-load-packing',
  about: 'Trimaran: fills nodes up to a target utilization of cpu, and spreads over the least used beyond it.',
  settings,
  create({ target, multiplier, defaultRequest }) {
    const predicted = ({ limits, requests }: PodShape) =>
      limits.cpu || Math.round((requests.cpu ?? 0) * multiplier) || defaultRequest;
    const scoreOf = (pod: PodShape, nodes: Snapshot, row: number) => {
      const cpu = nodes.column('cpu');
      if (!cpu) return 0;
      return targetLoadScore(cpu.measured[row]!, cpu.use[row]!, cpu.capacity[row]!, predicted(pod), target);
    };
    return {
      kind: 'score',
      name: 'target-load-packing',
      score(pod, nodes, _feasible, out) {
        const cpu = nodes.column('cpu');
        if (cpu) targetLoadScores(cpu.measured, cpu.use, cpu.capacity, predicted(pod), target, nodes.rows, out);
      },
      rescore: scoreOf,
      explain: (pod, nodes, _feasible, row) => [
        { name: 'cpu', value: scoreOf(pod, nodes, row), detail: `target ${target} %` },
      ],
    };
  },
});
