import { z } from 'zod';
import { NodeSearch } from '../configurations/node-search.js';
import { heldOn, kindOf } from '../configurations/room.js';
import { type Kinds, missingOf, Round, withAdded } from '../configurations/round.js';
import { worth, worthTerms } from '../configurations/worth.js';
import { createLoadModel, loadSettings } from '../load/index.js';
import type { Weights } from '../load/load-model.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { BatchPolicy, Queue } from './policy.js';
import { policyType } from './policy-type.js';

const settings = z.strictObject({
  load: loadSettings.prefault({}),
  growth: z
    .enum(['logarithmic', 'linear'])
    .default('logarithmic')
    .describe(
      'How the weight of a class grows with its queue: log(1+q), for pods that are not pre-empted, or q, for those that may be.',
    ),
  drainBelow: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe(
      'A node whose configuration weighs less than this share of the best one takes no more pods until it is empty. 0: never.',
    ),
  searchSteps: z
    .int()
    .min(1)
    .max(10_000_000)
    .default(10_000)
    .describe('After so many steps the search for the configuration of a node ends with the best found.'),
});

type Settings = z.output<typeof settings>;

/** What a node is to hold until its next refresh. */
interface Held {
  readonly configuration: Kinds;
  /** It takes no more until it is empty. */
  readonly draining: boolean;
}

type State = ReadonlyMap<string, Held>;

/**
 * MaxWeight with refresh: H ∈ argmax Σ_m g(q_m)·v_m·H_m with Σ_m a_rm·H_m ≤ C_r, v_m = Σ_r w_r·a_rm/C_r, and g(q) = q or log(1+q).
 * With equal queues it is the maximum utilization. A node gets a configuration only at its refresh times:
 *
 * - when nothing of its last one is left on it: the best for what waits, and in what that leaves free the best for more of the same;
 * - at quiet moments, when all that waits fits beside what runs: then no choice has to be made.
 *
 * In between, what has left is replaced by the same class. Where long runs of one class never let a node become empty, it is drained
 * once its configuration weighs too little, by as many nodes as what waits needs.
 *
 * Sources: Maguluri, Srikant and Ying, INFOCOM 2012 and arXiv 1206.1264 (MaxWeight for pods, throughput-optimal with pre-emption);
 * Maguluri and Srikant, ToN 2014 (refresh times and log(1+q) without pre-emption); Psychas and Ghaderi, arXiv 1807.00851 (inefficient
 * nodes take no more until they are empty).
 */
export const maxWeight = policyType({
  name: 'max-weight',
  about:
    'The configuration that serves the longest queues with the most use, kept until a node is empty. For batches and jobs: no class starves.',
  settings,
  create: (given) => new MaxWeight(given),
});

class MaxWeight implements BatchPolicy<State> {
  readonly kind = 'batch';
  readonly name = 'max-weight';
  readonly #settings: Settings;
  readonly #weights: Weights;

  constructor(given: Settings) {
    this.#settings = given;
    this.#weights = createLoadModel(given.load).weights;
  }

  start(): State {
    return new Map();
  }

  place(queues: readonly Queue[], nodes: Snapshot, state: State) {
    const turn = new Turn(queues, nodes, this.#weights, this.#settings);
    const next = new Map<string, Held>();
    for (const { name, row } of nodes.infos()) next.set(name, turn.keepOrRefresh(row, state.get(name)));
    for (const [row, added] of turn.placeIfQuiet(next)) {
      const name = nodes.info(row)?.name ?? '';
      const { configuration = new Map(), draining = false } = next.get(name) ?? {};
      next.set(name, { configuration: withAdded(configuration, queues, added), draining });
    }
    return { assignments: turn.round.assignments, state: next, notes: turn.search.notes };
  }

  explain(pod: Queue['shape'], nodes: Snapshot, row: number) {
    return worthTerms(pod, nodes, row, this.#weights);
  }
}

/** One round. */
class Turn {
  readonly round: Round;
  readonly search: NodeSearch;
  readonly #queues: readonly Queue[];
  readonly #nodes: Snapshot;
  readonly #weights: Weights;
  readonly #drainBelow: number;
  /** g(q_m) */
  readonly #urgency: Float64Array;
  /** Of what waits, what no draining node is meant for yet. */
  readonly #uncovered: Int32Array;

  constructor(
    queues: readonly Queue[],
    nodes: Snapshot,
    weights: Weights,
    { growth, drainBelow, searchSteps }: Settings,
  ) {
    this.#queues = queues;
    this.#nodes = nodes;
    this.#weights = weights;
    this.#drainBelow = drainBelow;
    this.round = Round.start(queues, nodes);
    this.search = new NodeSearch(searchSteps);
    this.#urgency = Float64Array.from(queues, ({ length }) => (growth === 'linear' ? length : Math.log1p(length)));
    this.#uncovered = this.round.waiting.slice();
  }

  keepOrRefresh(row: number, known: Held | undefined): Held {
    const held = heldOn(this.#nodes, row);
    const isEmpty = !known || [...known.configuration.keys()].every((kind) => !held.has(kind));
    if (isEmpty) return { configuration: this.#refresh(row), draining: false };
    const values = this.#values(row);
    const draining = this.#drains(row, known, values);
    if (!draining) {
      const order = [...this.#queues.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
      this.round.refill(row, missingOf(known.configuration, held), order);
    }
    return { configuration: known.configuration, draining };
  }

  /** g(q_m)·v_m */
  #values(row: number): Float64Array {
    return Float64Array.from(
      this.#queues,
      ({ shape }, queue) => this.#urgency[queue]! * worth(shape, this.#nodes, row, this.#weights),
    );
  }

  /** What waits first; what is then free is kept for more of those that are waited for. */
  #refresh(row: number): Kinds {
    const { round, search } = this;
    const values = this.#values(row);
    const { counts } = search.best(round.room, round.room.free(row), round.limits(row), values);
    for (const [queue, count] of counts.entries()) round.assign(queue, row, count);
    const more = search.best(round.room, round.room.free(row), this.#fitting(row, round.room.free(row)), values).counts;
    return withAdded(withAdded(new Map(), this.#queues, counts), this.#queues, more);
  }

  #drains(row: number, { configuration, draining }: Held, values: Float64Array): boolean {
    if (this.#drainBelow === 0 || this.#uncovered.every((count) => count === 0)) return false;
    const capacity = this.round.room.capacity(row);
    const ideal = this.search.best(this.round.room, capacity, this.#fitting(row, capacity), values);
    const isPoor = draining || this.#weight(configuration, values) < this.#drainBelow * ideal.value;
    if (!isPoor || !ideal.counts.some((count, queue) => count > 0 && this.#uncovered[queue]! > 0)) return false;
    for (const [queue, count] of ideal.counts.entries())
      this.#uncovered[queue] = Math.max(this.#uncovered[queue]! - count, 0);
    return true;
  }

  /** Without a limit by the queue: what the node could hold of each class that waits. */
  #fitting(row: number, free: Float64Array): Int32Array {
    return Int32Array.from(this.#queues, ({ length }, queue) =>
      length > 0 && this.round.room.allows(queue, row) ? this.round.room.fitting(queue, free) : 0,
    );
  }

  #weight(configuration: Kinds, values: Float64Array): number {
    let weight = 0;
    const counted = new Set<string>();
    for (const [queue, { shape }] of this.#queues.entries()) {
      const kind = kindOf(shape);
      if (counted.has(kind)) continue;
      counted.add(kind);
      weight += (configuration.get(kind) ?? 0) * values[queue]!;
    }
    return weight;
  }

  /** Places all that still waits if it fits on nodes that do not drain; otherwise nothing. What it places, by row. */
  placeIfQuiet(held: ReadonlyMap<string, Held>): ReadonlyMap<number, Int32Array> {
    const { round } = this;
    const plan = new Map<number, Int32Array>();
    const trial = round.trial();
    for (const { name, row } of this.#nodes.infos()) {
      if (trial.left === 0) break;
      if (held.get(name)?.draining) continue;
      const values = this.#values(row);
      const { counts } = this.search.best(trial.room, trial.room.free(row), trial.limits(row), values);
      for (const [queue, count] of counts.entries()) trial.assign(queue, row, count);
      if (counts.some((count) => count > 0)) plan.set(row, counts);
    }
    if (trial.left > 0) return new Map();
    for (const [row, counts] of plan) for (const [queue, count] of counts.entries()) round.assign(queue, row, count);
    return plan;
  }
}
