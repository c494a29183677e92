import { z } from 'zod';
import { NodeSearch } from '../configurations/node-search.js';
import { Round } from '../configurations/round.js';
import type { PodShape } from '../pod-shape.js';
import { linearPower, measuredWatts } from '../power/power-model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { BatchPolicy, Queue } from './policy.js';
import { policyType } from './policy-type.js';

const [idleOfG5, peakOfG5] = [measuredWatts.g5[0], measuredWatts.g5[10]];

const settings = z
  .strictObject({
    tradeoff: z
      .number()
      .min(0)
      .default(0.1)
      .describe(
        'V: how many waiting pods a watt is worth. 0: only the queues count; the greater, the longer they become.',
      ),
    idle: z.number().min(0).default(idleOfG5).describe('Watts of a node that is on and idle.'),
    peak: z.number().min(0).default(peakOfG5).describe('Watts of a node with all of its cpu in use.'),
    searchSteps: z
      .int()
      .min(1)
      .max(10_000_000)
      .default(10_000)
      .describe('After so many steps the search for the configuration of a node ends with the best found.'),
  })
  .refine(({ idle, peak }) => peak >= idle, { message: 'must be at least idle', path: ['peak'] });

/**
 * Lyapunov drift plus penalty: in each slot
 *
 *   minimise V·Σ_j P_j − Σ_m q_m·μ_m   subject to   Σ_m a_rm·H_mj ≤ C_rj,  Σ_j H_mj = μ_m ≤ q_m
 *
 * (Journal of Computer Applications 39(2):494, 2019, reference [8] of Xu and Chen). P_j = idle + (peak − idle)·u_j of a node that is on,
 * by what its pods request of its cpu, and 0 of one without pods. The sum is taken apart by nodes: those that are on first, where a
 * pod of class m is worth q_m − V·(peak − idle)·a_cpu,m/C_cpu; then the others, each of which is turned on if what it would serve is
 * worth more than V·idle.
 */
export const lyapunov = policyType({
  name: 'lyapunov',
  about:
    'Serves long queues against the power that this takes (drift plus penalty). Leaves nodes off until enough waits.',
  settings,
  create: ({ tradeoff, idle, peak, searchSteps }): BatchPolicy<undefined> => {
    const slope = linearPower(idle, peak)(1) - idle;
    /** V · the watts of one pod more on a node that is on. */
    const penalty = ({ requests }: PodShape, nodes: Snapshot, row: number) => {
      const capacity = nodes.column('cpu')?.capacity[row] ?? 0;
      return capacity > 0 ? (tradeoff * slope * (requests.cpu ?? 0)) / capacity : 0;
    };
    const isOn = (nodes: Snapshot, row: number) => (nodes.info(row)?.pods.length ?? 0) > 0;
    return {
      kind: 'batch',
      name: 'lyapunov',
      start: () => undefined,
      place(queues: readonly Queue[], nodes) {
        const round = Round.start(queues, nodes);
        const search = new NodeSearch(searchSteps);
        const rows = [...nodes.infos()].map(({ row }) => row);
        for (const row of [...rows.filter((one) => isOn(nodes, one)), ...rows.filter((one) => !isOn(nodes, one))]) {
          const values = Float64Array.from(queues, ({ shape, length }) => length - penalty(shape, nodes, row));
          const { counts, value } = search.best(round.room, round.room.free(row), round.limits(row), values);
          if (!isOn(nodes, row) && value <= tradeoff * idle) continue;
          for (const [queue, count] of counts.entries()) round.assign(queue, row, count);
        }
        return { assignments: round.assignments, state: undefined, notes: search.notes };
      },
      explain: (pod, nodes, row) => [
        { name: 'power', value: -penalty(pod, nodes, row), detail: 'what more the node draws, by V' },
        ...(isOn(nodes, row) ? [] : [{ name: 'idle', value: -tradeoff * idle, detail: 'the node is off, by V' }]),
      ],
    };
  },
});
