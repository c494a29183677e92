import { z } from 'zod';
import { NodeSearch } from '../configurations/node-search.js';
import { heldOn } from '../configurations/room.js';
import { type Kinds, missingOf, Round, withAdded } from '../configurations/round.js';
import { worth, worthTerms } from '../configurations/worth.js';
import { createLoadModel, loadResources, loadSettings } from '../load/index.js';
import type { LoadModel, Weights } from '../load/load-model.js';
import { rankOrderWeights } from '../load/weights.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { BatchPolicy, Queue } from './policy.js';
import { policyType } from './policy-type.js';

const settings = z.strictObject({
  ranking: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'Resources by importance, the most important first. Default: by their mean utilization, the highest first.',
    ),
  threshold: z
    .number()
    .gt(0)
    .max(1)
    .default(0.9)
    .describe('A node used beyond this keeps its largest configuration and gets no new one.'),
  thresholdOn: z
    .enum(['memory', 'load'])
    .default('memory')
    .describe('What the threshold is on: the utilization of memory, or the composite load.'),
  horizon: z.int().min(1).optional().describe('T: after so many rounds the tasks that still wait are reported.'),
  searchSteps: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(10_000)
    .describe('After so many steps the search for the configuration of a node ends with the best found.'),
});

type Settings = z.output<typeof settings>;

/** The largest configuration a node has had, by class, and its weighted use. */
interface Largest {
  readonly counts: Kinds;
  readonly use: number;
}

interface State {
  /** t */
  readonly slot: number;
  readonly largest: ReadonlyMap<string, Largest>;
}

/**
 * The maximum-utilization algorithm of Xu and Chen, Computer & Digital Engineering 2022(9), reconstructed. In each slot every node
 * gets a configuration
 *
 *   H̄(t) ∈ argmax_H Σ_r w_r·(Σ_m a_rm·H_m)/C_r                       (3)(5)
 *   with Σ_m a_rm·H_m ≤ C_r and H_m ≤ q_m                              (4)
 *   q_m(t+1) = (q_m(t) + arrivals_m(t) − served_m(t))⁺                  (6)
 *
 * No task replaces another: what runs stays, and the configuration is what runs and what is added to it. The formula is linear, so
 * that the best addition to what runs is the best configuration that contains it. Like Best-Fit this keeps no queue stable that
 * needs a whole node while small tasks overlap on it: see `max-weight`.
 *
 * Where the paper leaves a choice: a node over the threshold is filled up to the largest configuration it has had, which is none for
 * one that has had none; ties go to the classes that are worth the most for their size, then to larger ones.
 */
export const maxUtilization = policyType({
  name: 'max-utilization',
  about:
    'In each round the configuration that uses a node the most, nodes with little load first. Not throughput-optimal: large tasks may wait for ever.',
  settings,
  create: (given) => new MaxUtilization(given),
});

class MaxUtilization implements BatchPolicy<State> {
  readonly kind = 'batch';
  readonly name = 'max-utilization';
  readonly #settings: Settings;

  constructor(given: Settings) {
    this.#settings = given;
  }

  start(): State {
    return { slot: 0, largest: new Map() };
  }

  place(queues: readonly Queue[], nodes: Snapshot, state: State) {
    const round = Round.start(queues, nodes);
    const search = new NodeSearch(this.#settings.searchSteps);
    // step 1: weights from the ranking of the resources by importance
    const model = this.#model(nodes);
    const largest = new Map<string, Largest>();
    // step 2: the nodes in order of their load
    for (const row of byLoad(nodes, model)) {
      const name = nodes.info(row)?.name ?? '';
      const values = Float64Array.from(queues, ({ shape }) => worth(shape, nodes, row, model.weights));
      const before = state.largest.get(name);
      const held = heldOn(nodes, row);
      const waited = round.waiting.slice();
      if (this.#isOver(nodes, row, model)) {
        // step 3: a node over the threshold keeps its largest configuration, which is made full again
        const order = [...queues.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
        round.refill(row, missingOf(before?.counts ?? new Map(), held), order);
      } else {
        // steps 4 to 6: of the feasible maximal configurations the one with the greatest use after placement
        const { counts } = search.best(round.room, round.room.free(row), round.limits(row), values);
        // step 7: what is served leaves its queue, formula (6)
        for (const [queue, count] of counts.entries()) round.assign(queue, row, count);
      }
      const added = waited.map((count, queue) => count - round.waiting[queue]!);
      const use = usedBy(nodes, row, model.weights) + added.reduce((sum, count, m) => sum + count * values[m]!, 0);
      largest.set(name, before && before.use > use ? before : { counts: withAdded(held, queues, added), use });
    }
    // step 8: on to the next slot, until the horizon
    const slot = state.slot + 1;
    const notes = [...search.notes, ...this.#unfinished(slot, round)];
    return { assignments: round.assignments, state: { slot, largest }, notes };
  }

  explain(pod: Queue['shape'], nodes: Snapshot, row: number) {
    return worthTerms(pod, nodes, row, this.#model(nodes).weights);
  }

  #model(nodes: Snapshot): LoadModel {
    const ranking = this.#settings.ranking ?? byMeanUtilization(nodes);
    return createLoadModel(loadSettings.parse({ weights: rankOrderWeights(ranking) }));
  }

  #isOver(nodes: Snapshot, row: number, model: LoadModel): boolean {
    const { threshold, thresholdOn } = this.#settings;
    if (thresholdOn === 'load') return model.load(nodes, row) > threshold;
    const memory = nodes.column('memory');
    return memory !== undefined && memory.use[row]! > threshold * memory.capacity[row]!;
  }

  #unfinished(slot: number, { left }: Round): readonly string[] {
    return slot === this.#settings.horizon ? [`${left} tasks had no node at the horizon of ${slot} rounds`] : [];
  }
}

/** w̄_r over the nodes that have the resource, the most used first. */
function byMeanUtilization(nodes: Snapshot): readonly string[] {
  const means = loadResources.flatMap((resource) => {
    const column = nodes.column(resource);
    let [capacity, use] = [0, 0];
    for (let row = 0; row < nodes.rows; row++) {
      capacity += column?.capacity[row] ?? 0;
      if (column && column.capacity[row]! > 0) use += column.use[row]!;
    }
    return capacity > 0 ? [{ resource, mean: use / capacity }] : [];
  });
  const ranking = means.sort((a, b) => b.mean - a.mean).map(({ resource }) => resource);
  return ranking.length > 0 ? ranking : loadResources;
}

function byLoad(nodes: Snapshot, model: LoadModel): readonly number[] {
  const loads = new Float64Array(nodes.rows);
  model.loads(nodes, undefined, loads);
  return Array.from({ length: nodes.rows }, (_, row) => row)
    .filter((row) => nodes.present[row] === 1)
    .sort((a, b) => loads[a]! - loads[b]! || a - b);
}

/** Σ_r w_r·(Σ_m a_rm·H_m)/C_r of what runs. */
function usedBy(nodes: Snapshot, row: number, weights: Weights): number {
  let use = 0;
  for (const { shape } of nodes.info(row)?.pods ?? []) use += worth(shape, nodes, row, weights);
  return use;
}
