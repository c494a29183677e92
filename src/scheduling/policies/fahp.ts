import { z } from 'zod';
import { addIdleRates, idleRate } from '../kernels/idle-rates.js';
import { fuzzyWeights, preferenceObjections } from '../load/fuzzy-weights.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyType } from './policy-type.js';

/** The criteria: idle rates, and of the containers that are there already what is left of the most that a node takes. */
const criteria = ['cpu', 'memory', 'disk', 'network', 'pods'] as const;

/** Cpu and memory alike, both before disk and network, and these before the number of containers. */
const preferences = [
  [0.5, 0.5, 0.6, 0.6, 0.7],
  [0.5, 0.5, 0.6, 0.6, 0.7],
  [0.4, 0.4, 0.5, 0.5, 0.6],
  [0.4, 0.4, 0.5, 0.5, 0.6],
  [0.3, 0.3, 0.4, 0.4, 0.5],
];

const settings = z.strictObject({
  preferences: z
    .array(z.array(z.number()))
    .default(preferences)
    .check(({ value, issues }) => {
      for (const message of preferenceObjections(value, criteria.length))
        issues.push({ code: 'custom', message, input: value, path: [] });
    })
    .describe(
      `How much more important each criterion is than each other, in the order ${criteria.join(', ')}; 0.5: alike.`,
    ),
});

/**
 * The idlest node by several criteria: score = Σ_i w_i·x_i, where x are the idle rates of cpu, memory, disk and network, and
 * 1 − containers/most for the containers already deployed; weights by fuzzy AHP, w_i = (Σ_j r_ij + n/2 − 1)/(n(n − 1)) of a fuzzy
 * complementary matrix R (Application Research of Computers 37(4):1102, 2020, reference [9] of Xu and Chen). A criterion of which a node
 * has no capacity counts 0, as if it were used up: the paper knows only nodes that have all. The matrix is not public; the default is
 * ours.
 */
export const fahp = policyType({
  name: 'fahp',
  about: 'The idlest node by cpu, memory, disk, network and the number of its containers, weighted by fuzzy AHP.',
  settings,
  create({ preferences: matrix }) {
    const weights = fuzzyWeights(matrix);
    const terms = (nodes: Snapshot, row: number) =>
      criteria.map((name, index) => {
        const column = nodes.column(name);
        const rate = idleRate(column?.use[row] ?? 0, column?.capacity[row] ?? 0);
        return { name, value: weights[index]! * rate, detail: `${Number((100 * rate).toPrecision(3))} % idle` };
      });
    return {
      kind: 'score',
      name: 'fahp',
      score(_pod, nodes, _feasible, out) {
        out.fill(0, 0, nodes.rows);
        for (const [index, name] of criteria.entries()) {
          const column = nodes.column(name);
          if (column) addIdleRates(column.use, column.capacity, weights[index]!, nodes.rows, out);
        }
      },
      rescore: (_pod, nodes, row) => terms(nodes, row).reduce((sum, { value }) => sum + value, 0),
      explain: (_pod, nodes, _feasible, row) => terms(nodes, row),
    };
  },
});
