import { z } from 'zod';
import { greatestRisks, scoreOfRisk, scoreRisks, variationRisk } from '../kernels/trimaran.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyType } from './policy-type.js';

const settings = z.strictObject({
  resources: z.array(z.string().min(1)).min(1).default(['cpu', 'memory']).describe('The resources that count.'),
  margin: z.number().min(0).default(1).describe('The factor of the standard deviation.'),
  sensitivity: z.number().gt(0).default(1).describe('The root of the standard deviation.'),
});

/**
 * LoadVariationRiskBalancing of Trimaran (kubernetes-sigs/scheduler-plugins, KEP 61):
 *
 *   score = 100·(1 − max_r (μ_r + margin·σ_r^(1/sensitivity))/2), rounded
 *
 * μ is the mean use with what the pod requests, σ its standard deviation, both over capacity and at most 1. A node that was not
 * measured gets 0.
 */
export const loadVariationRiskBalancing = policyType({
  name: 'load-variation-risk-balancing',
  about:
    'Trimaran: the node whose worst resource has the least risk, the mean of its utilization and of its deviation.',
  settings,
  create({ resources, margin, sensitivity }) {
    const riskOf = ({ requests }: PodShape, nodes: Snapshot, row: number, resource: string) => {
      const column = nodes.column(resource);
      if (!column) return -1;
      const { measured, use, variance, capacity } = column;
      const amount = requests[resource] ?? 0;
      return variationRisk(measured[row]!, use[row]!, variance[row]!, capacity[row]!, amount, margin, sensitivity);
    };
    const worst = (pod: PodShape, nodes: Snapshot, row: number) =>
      resources
        .map((resource) => ({ resource, risk: riskOf(pod, nodes, row, resource) }))
        .reduce((most, one) => (one.risk > most.risk ? one : most));
    return {
      kind: 'score',
      name: 'load-variation-risk-balancing',
      score({ requests }, nodes, _feasible, out) {
        out.fill(-1, 0, nodes.rows);
        for (const resource of resources) {
          const column = nodes.column(resource);
          if (!column) continue;
          const { measured, use, variance, capacity } = column;
          const amount = requests[resource] ?? 0;
          greatestRisks(measured, use, variance, capacity, amount, margin, sensitivity, nodes.rows, out);
        }
        scoreRisks(nodes.rows, out);
      },
      rescore: (pod, nodes, row) => scoreOfRisk(worst(pod, nodes, row).risk),
      explain(pod, nodes, _feasible, row) {
        const { resource, risk } = worst(pod, nodes, row);
        const detail = risk < 0 ? 'not measured' : `risk ${Number(risk.toPrecision(3))}`;
        return [{ name: resource, value: scoreOfRisk(risk), detail }];
      },
    };
  },
});
