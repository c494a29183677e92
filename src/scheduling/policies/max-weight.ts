import { z } from 'zod';
import { NodeSearch } from '../configurations/node-search.js';
import { heldOn, kindOf } from '../configurations/room.js';
import type { Configuration } from '../configurations/search.js';
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
      'A node whose configuration weighs less than this share of the best one takes no more pods until it is empty. 0: never, at the risk that a class starves.',
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
 * - when nothing of its last one is left on it: the best for what waits;
 * - at quiet moments, when all that waits fits beside what runs, so that no choice has to be made;
 * - when its configuration weighs too little, and what fits beside what runs does not.
 *
 * What such a configuration leaves free is kept for more of the classes that wait. In between, what has left is replaced by the same
 * class. A node whose configuration weighs too little, with nothing better that fits, takes no more until it is empty, but only as many
 * nodes as what waits needs: otherwise long runs of one class would never let a node become empty.
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
    const next = turn.placeAll(state) ?? turn.keepOrRefresh(state);
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

  /** At a quiet moment: all that waits, and what the nodes hold from then on. Otherwise nothing. */
  placeAll(state: State): State | undefined {
    const { round } = this;
    if (!round.room.hasRoomFor(round.waiting)) return undefined;
    const plan = new Map<number, Int32Array>();
    const trial = round.trial();
    for (const { row } of this.#nodes.infos()) {
      if (trial.left === 0) break;
      const counts = this.#best(trial, row).counts;
      for (const [queue, count] of counts.entries()) trial.assign(queue, row, count);
      if (counts.some((count) => count > 0)) plan.set(row, counts);
    }
    if (trial.left > 0) return undefined;
    const next = new Map<string, Held>();
    for (const { name, row } of this.#nodes.infos()) {
      const known = state.get(name);
      const counts = plan.get(row);
      if (counts) next.set(name, this.#take(row, counts, known));
      else if (known) next.set(name, { ...known, draining: false });
    }
    return next;
  }

  keepOrRefresh(state: State): State {
    const next = new Map<string, Held>();
    for (const { name, row } of this.#nodes.infos()) {
      const known = state.get(name);
      const isEmpty = !known || this.#held(row, known).size === 0;
      next.set(name, isEmpty ? this.#take(row, this.#best(this.round, row).counts, undefined) : this.#keep(row, known));
    }
    return next;
  }

  #keep(row: number, known: Held): Held {
    const values = this.#values(row);
    const ideal = this.#ideal(row, values);
    const bound = this.#drainBelow * ideal.value;
    if (known.draining || this.#weight(known.configuration, values) < bound) {
      const beside = this.#best(this.round, row);
      if (beside.value > 0 && beside.value >= bound) return this.#take(row, beside.counts, known);
      if (this.#isNeeded(ideal.counts)) return { ...known, draining: true };
    }
    const order = [...this.#queues.keys()].sort((a, b) => values[b]! - values[a]! || a - b);
    this.round.refill(row, missingOf(known.configuration, this.#held(row, known)), order);
    return { ...known, draining: false };
  }

  /** Assigns a configuration beside what is left of the last; what it leaves free is for more of what is waited for. */
  #take(row: number, counts: Int32Array, known: Held | undefined): Held {
    const { room } = this.round;
    for (const [queue, count] of counts.entries()) this.round.assign(queue, row, count);
    const free = room.free(row);
    const more = this.search.best(room, free, this.#fitting(row, free), this.#values(row)).counts;
    const held = withAdded(known ? this.#held(row, known) : new Map(), this.#queues, counts);
    return { configuration: withAdded(held, this.#queues, more), draining: false };
  }

  /** What is left of a configuration. */
  #held(row: number, { configuration }: Held): Kinds {
    return new Map([...heldOn(this.#nodes, row)].filter(([kind]) => configuration.has(kind)));
  }

  /** The best of what waits in what is free. */
  #best(round: Round, row: number): Configuration {
    return this.search.best(round.room, round.room.free(row), round.limits(row), this.#values(row));
  }

  /** The best that the node could hold of what waits if it were empty and the queues endless. */
  #ideal(row: number, values: Float64Array): Configuration {
    const capacity = this.round.room.capacity(row);
    return this.search.best(this.round.room, capacity, this.#fitting(row, capacity), values);
  }

  /** Whether something waits for which no draining node is meant yet; then this one is. */
  #isNeeded(counts: Int32Array): boolean {
    if (!counts.some((count, queue) => count > 0 && this.#uncovered[queue]! > 0)) return false;
    for (const [queue, count] of counts.entries())
      this.#uncovered[queue] = Math.max(this.#uncovered[queue]! - count, 0);
    return true;
  }

  /** g(q_m)·v_m */
  #values(row: number): Float64Array {
    return Float64Array.from(
      this.#queues,
      ({ shape }, queue) => this.#urgency[queue]! * worth(shape, this.#nodes, row, this.#weights),
    );
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
}
