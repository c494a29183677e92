/** Jobs that cannot be pre-empted, in time slots: what waits under a policy. */
import { ScheduleAlgorithm } from '../../scheduling/algorithm/schedule-algorithm.js';
import type { PodShape } from '../../scheduling/pod-shape.js';
import type { BatchPolicy, ScorePolicy } from '../../scheduling/policies/policy.js';
import type { Snapshot } from '../../scheduling/snapshot/snapshot.js';
import type { Random } from '../../support/random.js';
import { EventQueue } from './event-queue.js';
import { everywhere, infoOf } from './objects.js';

export interface JobClass {
  readonly shape: PodShape;
  /** How many come in a slot. */
  arrivals(slot: number, random: Random): number;
  /** For how many slots one runs, more than 0. What ends within a slot makes room from the next one on. */
  readonly duration: (random: Random) => number;
}

/** Is told of each job that starts: its class, on which row, and from when to when, in slots. */
export type StartObserver = (job: number, row: number, from: number, to: number) => void;

/** The jobs that wait, first come first, by class. */
export interface WaitingJobs {
  /** How many of each class. */
  readonly lengths: readonly number[];
  /** How many of each class have come since the dispatcher was asked last. */
  readonly arrivals: readonly number[];
  /** The class of the job that came first, of those for which `counts` holds; -1: none waits. */
  first(counts: (job: number) => boolean): number;
  /** The first of a class runs on a row from now on. */
  start(job: number, row: number): void;
}

/** Starts jobs in a slot. */
export type Dispatcher = (waiting: WaitingJobs, nodes: Snapshot) => void;

export interface SlotsProblem {
  readonly classes: readonly JobClass[];
  /** Without pods; changed as jobs start and end. */
  readonly nodes: Snapshot;
  readonly slots: number;
  readonly random: Random;
  readonly started?: StartObserver;
}

export interface SlotsResult {
  /** How many wait at the end of each slot. */
  readonly backlog: Int32Array;
  readonly arrived: number;
  readonly started: number;
  readonly completed: number;
  /** Slots that jobs waited until they started, those that started. */
  readonly waited: number;
}

/**
 * In each slot jobs end, jobs come, and the dispatcher starts some. It is asked only when something has changed since it was asked
 * last: a job came, ended or was started.
 */
export function simulateSlots(problem: SlotsProblem, dispatch: Dispatcher): SlotsResult {
  const { classes, nodes, slots, random } = problem;
  const arriving = random.split('arrivals');
  const jobs = new Jobs(problem);
  const backlog = new Int32Array(slots);
  let changed = false;
  for (let slot = 0; slot < slots; slot++) {
    const before = jobs.events;
    jobs.begin(slot);
    for (const [job, one] of classes.entries()) jobs.add(job, one.arrivals(slot, arriving));
    if (changed || jobs.events !== before) {
      const started = jobs.started;
      dispatch(jobs, nodes);
      changed = jobs.started !== started;
      jobs.arrivals.fill(0);
    }
    backlog[slot] = jobs.waiting;
  }
  const { arrived, started, completed, waited } = jobs;
  return { backlog, arrived, started, completed, waited };
}

class Jobs implements WaitingJobs {
  readonly lengths: number[];
  readonly arrivals: number[];
  arrived = 0;
  started = 0;
  completed = 0;
  waited = 0;
  #slot = 0;
  /** Slot and number of each job that came, by class, and how many of them have started. */
  readonly #queues: readonly { readonly slots: number[]; readonly numbers: number[]; head: number }[];
  readonly #ends = new EventQueue();
  readonly #classes: readonly JobClass[];
  readonly #nodes: Snapshot;
  readonly #durations: Random;
  readonly #observe: StartObserver | undefined;

  constructor({ classes, nodes, random, started }: SlotsProblem) {
    this.#classes = classes;
    this.#nodes = nodes;
    this.#durations = random.split('durations');
    this.#observe = started;
    this.lengths = classes.map(() => 0);
    this.arrivals = classes.map(() => 0);
    this.#queues = classes.map(() => ({ slots: [], numbers: [], head: 0 }));
  }

  get waiting(): number {
    return this.arrived - this.started;
  }

  /** Goes up with each job that comes or ends. */
  get events(): number {
    return this.arrived + this.completed;
  }

  begin(slot: number): void {
    this.#slot = slot;
    while (this.#ends.nextTime <= slot && this.#ends.next()) {
      // an end is of the row `kind` and the job `payload`
      this.#nodes.remove({ key: `default/${this.#ends.payload}` }, this.#ends.kind);
      this.completed++;
    }
  }

  add(job: number, count: number): void {
    const { slots, numbers } = this.#queues[job]!;
    for (let n = 0; n < count; n++) {
      slots.push(this.#slot);
      numbers.push(this.arrived++);
    }
    this.lengths[job]! += count;
    this.arrivals[job]! += count;
  }

  first(counts: (job: number) => boolean): number {
    let [first, least] = [-1, Infinity];
    for (const [job, { numbers, head }] of this.#queues.entries())
      if (head < numbers.length && numbers[head]! < least && counts(job)) [first, least] = [job, numbers[head]!];
    return first;
  }

  start(job: number, row: number): void {
    const queue = this.#queues[job]!;
    const [came, number] = [queue.slots[queue.head], queue.numbers[queue.head]];
    if (came === undefined || number === undefined) throw new Error(`no job of class ${job} waits`);
    queue.head++;
    const { shape, duration } = this.#classes[job]!;
    this.#nodes.place(infoOf(`${number}`, shape), row);
    const end = this.#slot + duration(this.#durations);
    this.#ends.push(end, row, number);
    this.#observe?.(job, row, this.#slot, end);
    this.lengths[job]!--;
    this.started++;
    this.waited += this.#slot - came;
  }
}

/** Asks a batch policy, its state handed in and out. */
export function byBatch(policy: BatchPolicy, classes: readonly JobClass[], random: Random): Dispatcher {
  let state = policy.start();
  return (waiting, nodes) => {
    const feasible = everywhere(nodes);
    const queues = classes.map(({ shape }, job) => ({
      shape,
      length: waiting.lengths[job] ?? 0,
      arrivals: waiting.arrivals[job] ?? 0,
      feasible,
    }));
    const { assignments, state: next } = policy.place(queues, nodes, state, random);
    state = next;
    for (const { queue, row, count } of assignments) for (let n = 0; n < count; n++) waiting.start(queue, row);
  };
}

/** One job after the other in the order in which they came, each on the node with the highest score; what fits nowhere is passed over. */
export function oneByOne(policy: ScorePolicy, classes: readonly JobClass[]): Dispatcher {
  const algorithm = new ScheduleAlgorithm(policy);
  return (waiting, nodes) => {
    const refused = new Set<number>();
    const next = () => waiting.first((job) => !refused.has(job));
    for (let job = next(); job >= 0; job = next()) {
      const row = algorithm.select(classes[job]!.shape, nodes);
      if (row < 0) refused.add(job);
      else waiting.start(job, row);
    }
  };
}

/**
 * Half a node for 4 slots, one every 3 slots; a whole node for 1 slot, one in a slot with `probability`: 2/3 of the node, and that.
 * What uses the node the most in each slot never lets it become empty for the second class.
 */
export const overlappingClasses = (half: PodShape, whole: PodShape, probability = 0.1): readonly JobClass[] => [
  { shape: half, arrivals: (slot) => (slot % 3 === 0 ? 1 : 0), duration: () => 4 },
  { shape: whole, arrivals: (_slot, random) => (random.uniform() < probability ? 1 : 0), duration: () => 1 },
];
