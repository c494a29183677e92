import { z } from 'zod';
import { addLeastUsed, divideMeasured, leastUsedScore } from '../kernels/least-used.js';
import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Term } from './policy.js';
import { policyType } from './policy-type.js';

const perResource = z.record(z.string().min(1), z.number().gt(0));

const settings = z.strictObject({
  weights: perResource.default({ cpu: 1, memory: 1 }).describe('The weight of each resource.'),
  scaling: perResource
    .default({ cpu: 85, memory: 70 })
    .describe('How much of its limit, or else of its request, a pod is taken to use, in %. Default of others: 100.'),
});

/** What Koordinator takes a pod to use that states nothing: a quarter of a core and 200 MiB. */
const defaults: Readonly<Record<string, number>> = { cpu: 250, memory: 200 * 2 ** 20 };

/**
 * LoadAwareScheduling's score of Koordinator (docs/proposals/scheduling/20220510-load-aware-scheduling.md):
 *
 *   score = ⌊Σ_r w_r·⌊100·(C_r − U_r − a_r)/C_r⌋ / Σ_r w_r⌋
 *
 * U is the measured use and the estimates of what came since, a_r a share of the greater of the pod's request and limit; a resource
 * used beyond its capacity counts 0. A node that was not measured gets 0: measured is whose cpu is.
 */
export const loadAware = policyType({
  name: 'load-aware',
  about: 'Koordinator: the least used node by the weighted mean of what is unused of each resource.',
  settings,
  create({ weights, scaling }) {
    const resources = Object.entries(weights);
    const total = resources.reduce((sum, [, weight]) => sum + weight, 0);
    const estimate = ({ requests, limits }: PodShape, resource: string) => {
      const stated = Math.max(requests[resource] ?? 0, limits[resource] ?? 0);
      return stated > 0 ? Math.round((stated * (scaling[resource] ?? 100)) / 100) : (defaults[resource] ?? 0);
    };
    const parts = (pod: PodShape, nodes: Snapshot, row: number) =>
      resources.map(([resource, weight]) => {
        const column = nodes.column(resource);
        const used = (column?.use[row] ?? 0) + estimate(pod, resource);
        return { resource, points: weight * leastUsedScore(used, column?.capacity[row] ?? 0) };
      });
    const scoreOf = (pod: PodShape, nodes: Snapshot, row: number) => {
      const measured = nodes.column('cpu')?.measured[row] ?? Number.NaN;
      if (!(measured >= 0)) return 0;
      return Math.floor(parts(pod, nodes, row).reduce((sum, { points }) => sum + points, 0) / total);
    };
    return {
      kind: 'score',
      name: 'load-aware',
      score(pod, nodes, _feasible, out) {
        out.fill(0, 0, nodes.rows);
        for (const [resource, weight] of resources) {
          const column = nodes.column(resource);
          if (column) addLeastUsed(column.use, column.capacity, estimate(pod, resource), weight, nodes.rows, out);
        }
        const cpu = nodes.column('cpu');
        if (cpu) divideMeasured(cpu.measured, total, nodes.rows, out);
      },
      rescore: scoreOf,
      explain(pod, nodes, _feasible, row) {
        const score = scoreOf(pod, nodes, row);
        const measured = nodes.column('cpu')?.measured[row] ?? Number.NaN;
        if (!(measured >= 0)) return [{ name: 'measured', value: 0, detail: 'nothing was measured of this node' }];
        const terms: Term[] = parts(pod, nodes, row).map(({ resource, points }) => ({
          name: resource,
          value: points / total,
          detail: `${points} of ${100 * (weights[resource] ?? 0)} points`,
        }));
        const rounding = score - terms.reduce((sum, { value }) => sum + value, 0);
        return rounding === 0 ? terms : [...terms, { name: 'rounding', value: rounding }];
      },
    };
  },
});
