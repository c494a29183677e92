import { z } from 'zod';
import {
  type Committed,
  excludeUnmeasured,
  greatestOvercommitmentRisks,
  overcommitmentRisk,
} from '../kernels/overcommitment.js';
import { scoreOfRisk, scoreRisks } from '../kernels/trimaran.js';
import type { PodShape } from '../pod-shape.js';
import { limitsOf } from '../snapshot/limits.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyType } from './policy-type.js';

const name = 'low-risk-over-commitment';

const settings = z.strictObject({
  limitWeights: z
    .record(z.string().min(1), z.number().min(0).max(1))
    .refine((weights) => Object.keys(weights).length > 0, 'must name at least one resource')
    .default({ cpu: 0.5, memory: 0.5 })
    .describe('The resources that count, and how much of the risk of each stems from limits; the rest from its load.'),
  smoothingWindowSize: z
    .number()
    .min(1)
    .default(5)
    .describe('How many readings each sample of the use is the mean of: the variance counts so many times.'),
});

/**
 * LowRiskOverCommitment of Trimaran (kubernetes-sigs/scheduler-plugins, KEP 357). With the pod on the node, for each resource r with capacity
 * C, requests R ≤ C and limits L:
 *
 *   risk_r = w·(L − C)/(L − R) + (1 − w)·P(U > R'),  the first summand only for L > C
 *   score  = 100·(1 − max_r risk_r), rounded
 *
 * U, the use as a share of C, is distributed like Beta with the measured mean and variance (times `smoothingWindowSize`, and less than
 * μ(1 − μ)); R' and L' are requests and limits without the pod, and where L' < C, it is P(U > R' | U ≤ L'). A pod counts with its request
 * where it has no limit, or one that is less. A node of which nothing was measured gets 0, and so does every node for a pod without requests
 * and limits.
 */
export const lowRiskOverCommitment = policyType({
  name,
  about:
    'Trimaran: the node where it is least likely that pods want more than there is, by limits and by measured load.',
  settings,
  create({ limitWeights, smoothingWindowSize: smoothing }) {
    const resources = Object.entries(limitWeights);
    let known = new Uint8Array();

    const committedOf = ({ requests, limits }: PodShape, resource: string, weight: number): Committed => {
      const request = requests[resource] ?? 0;
      return { request, limit: Math.max(request, limits[resource] ?? 0), weight, smoothing };
    };
    const asksForNothing = ({ requests, limits }: PodShape) =>
      resources.every(([resource]) => !requests[resource] && !limits[resource]);

    const worst = (pod: PodShape, nodes: Snapshot, row: number) => {
      let found = { resource: '', risk: -1 };
      let isMeasured = false;
      for (const [resource, weight] of resources) {
        const column = nodes.column(resource);
        if (!column) continue;
        const { capacity, requested, measured, use, variance } = column;
        const risk = overcommitmentRisk(
          capacity[row]!,
          requested[row]!,
          limitsOf(nodes, resource)[row]!,
          measured[row]!,
          use[row]!,
          variance[row]!,
          committedOf(pod, resource, weight),
        );
        if (measured[row]! >= 0) isMeasured = true;
        if (risk > found.risk) found = { resource, risk };
      }
      return isMeasured && !asksForNothing(pod) ? found : { ...found, risk: -1 };
    };

    return {
      kind: 'score',
      name,
      score(pod, nodes, _feasible, out) {
        const { rows } = nodes;
        out.fill(0, 0, rows);
        if (asksForNothing(pod)) return;
        if (known.length < rows) known = new Uint8Array(nodes.present.length);
        known.fill(0);
        for (const [resource, weight] of resources) {
          const column = nodes.column(resource);
          if (!column) continue;
          const committed = committedOf(pod, resource, weight);
          greatestOvercommitmentRisks(column, limitsOf(nodes, resource), committed, rows, out, known);
        }
        excludeUnmeasured(out, known, rows);
        scoreRisks(rows, out);
      },
      rescore: (pod, nodes, row) => scoreOfRisk(worst(pod, nodes, row).risk),
      explain(pod, nodes, _feasible, row) {
        const { resource, risk } = worst(pod, nodes, row);
        if (asksForNothing(pod)) return [{ name: 'requests', value: 0, detail: 'the pod asks for nothing' }];
        const detail = risk < 0 ? 'not measured' : `risk ${Number(risk.toPrecision(3))}`;
        return [{ name: resource, value: scoreOfRisk(risk), detail }];
      },
    };
  },
});
