import { z } from 'zod';
import { card, gpuMilli } from '../gpu/cards.js';
import { FragmentationGrowth, typicalPods } from '../gpu/fragmentation.js';
import { scoreOfGrowth } from '../kernels/fragmentation.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { policyType } from './policy-type.js';

const gibibyte = 2 ** 30;

/** How often the public trace openb (Alibaba, 2023) asks for no card, shares and whole cards, and the median cpu and memory of each. */
const openb = [
  { cpu: 12_500, memory: 50 * gibibyte, gpu: 0, weight: 13.3 },
  { cpu: 4000, memory: 22 * gibibyte, gpu: 220, weight: 3.8 },
  { cpu: 8000, memory: 30 * gibibyte, gpu: 470, weight: 15.8 },
  { cpu: 3150, memory: 5.5 * gibibyte, gpu: 810, weight: 18.1 },
  { cpu: 11_400, memory: 47 * gibibyte, gpu: 1000, weight: 48 },
  { cpu: 16_200, memory: 65 * gibibyte, gpu: 2000, weight: 0.2 },
  { cpu: 32_200, memory: 129 * gibibyte, gpu: 4000, weight: 0.2 },
  { cpu: 88_000, memory: 320 * gibibyte, gpu: 8000, weight: 0.5 },
];

const settings = z.strictObject({
  typical: z
    .array(
      z.strictObject({
        cpu: z.number().min(0).describe('Thousandths of a core.'),
        memory: z.number().min(0).describe('Bytes.'),
        gpu: z.int().min(0).describe('Thousandths of a card: a share below 1000, else whole cards.'),
        weight: z.number().gt(0).describe('How often, in proportion to the others.'),
      }),
    )
    .min(1)
    .default(openb)
    .describe('What pods typically ask for. Default: a summary of the public trace openb.'),
});

/**
 * Fragmentation Gradient Descent (Weng et al., USENIX ATC 2023): a pod goes where the fragmentation of GPUs grows the least.
 *
 *   score = ⌊100·sigmoid((F_n − F_n after)/1000)⌋ + 0.99/(1 + idle GPUs),  F_n = Σ_m p_m·F_n(m) over typical pods m
 *
 * The second term is ours: of equal scores that with the least idle GPUs, where the published scheduler leaves it to chance.
 *
 * F_n(m): see `fragmentation`. A pod with a share goes onto the card where F grows least (`FragmentationGrowth.cards` says which). A node
 * whose cards together have room for a pod, but none for its share, gets −1. How GPUs stand in a snapshot: `gpu/cards.ts`.
 */
export const fgd = policyType({
  name: 'fgd',
  about: 'The node where the fragmentation of GPUs grows the least, for whole GPUs and shares of them.',
  settings,
  create({ typical }) {
    const kinds = typicalPods(typical);
    return {
      kind: 'score',
      name: 'fgd',
      score(pod, nodes, feasible, out) {
        const growth = new FragmentationGrowth(pod, nodes, kinds);
        for (let row = 0; row < nodes.rows; row++)
          if (feasible[row] === 1) out[row] = scoreOfGrowth(growth.on(row)) + preference(nodes, row);
      },
      rescore: (pod, nodes, row) =>
        scoreOfGrowth(new FragmentationGrowth(pod, nodes, kinds).on(row)) + preference(nodes, row),
      explain(pod, nodes, _feasible, row) {
        const growth = new FragmentationGrowth(pod, nodes, kinds);
        const cards = growth.cards(row);
        const grows = growth.on(row);
        const detail = cards
          ? `fragmentation ${grows < 0 ? 'shrinks' : 'grows'} by ${Number((Math.abs(grows) / 1000).toPrecision(3))} GPUs${cards.length > 0 ? ` with the pod on card ${cards.join(', ')}` : ''}`
          : 'no card has room';
        const idle = { name: 'idle', value: preference(nodes, row), detail: `${idleCards(nodes, row)} GPUs idle` };
        return [{ name: 'fragmentation', value: scoreOfGrowth(grows), detail }, idle];
      },
    };
  },
});

/** Below 1, so that it decides between equal scores only. */
const preference = (nodes: Snapshot, row: number): number => 0.99 / (1 + idleCards(nodes, row));

function idleCards(nodes: Snapshot, row: number): number {
  const milli = nodes.column(gpuMilli);
  return milli ? (milli.capacity[row]! - milli.requested[row]!) / card : 0;
}
