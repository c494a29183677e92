import { z } from 'zod';
import { kindOf } from '../configurations/room.js';
import { Round } from '../configurations/round.js';
import { hourlyPrice, type Prices, priceSettings } from '../cost/cost.js';
import { evolve } from '../genetic/evolution.js';
import { kMeans } from '../genetic/k-means.js';
import { type RentalProblem, rentalGenome } from '../genetic/rental.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { Random } from '../../support/random.js';
import type { BatchPolicy, Queue } from './policy.js';
import { policyType } from './policy-type.js';

const settings = z.strictObject({
  clusters: z.int().min(1).max(32).default(3).describe('Into how many clusters tasks are put by cpu and memory.'),
  smoothing: z.number().gt(0).max(1).default(0.3).describe('α: how much the last arrivals count in the forecast.'),
  population: z.int().min(2).max(1000).default(24).describe('Chromosomes of a generation.'),
  generations: z.int().min(1).max(10_000).default(30).describe('Generations.'),
  mutation: z.number().min(0).max(1).default(0.02).describe('With which probability a task is given another node.'),
  mostTasks: z.int().min(1).max(10_000).default(200).describe('Tasks of a round; the others wait for the next one.'),
  prices: priceSettings.prefault({}),
});

type Settings = z.output<typeof settings>;

/** The smoothed arrivals of a round, by class. */
type State = ReadonlyMap<string, number>;

/** A task of a queue, or one that is expected. */
interface Task {
  /** `undefined`: expected. */
  readonly queue: number | undefined;
  readonly demands: Float64Array;
}

/**
 * A genetic algorithm over who runs where (J. Supercomputing 77:8252, 2021, reference [7] of Xu and Chen): tasks are put into clusters
 * by k-means on (cpu, memory); the arrivals of the next round are forecast by single exponential smoothing,
 * s(t+1) = α·x(t) + (1 − α)·s(t); a chromosome says for each task its node, and the one is looked for that rents the nodes which the
 * tasks and those expected, each of the size of its cluster's centre, need for the least. A node with pods is rented already.
 *
 * What is expected only reserves room within a round. Operators and their rates are ours: the paper's are not public.
 */
export const genetic = policyType({
  name: 'genetic',
  about: 'Looks with a genetic algorithm for the nodes that cost the least rent for what waits and what is expected.',
  settings,
  create: (given): BatchPolicy<State> => ({
    kind: 'batch',
    name: 'genetic',
    start: () => new Map(),
    place(queues, nodes, state, random) {
      const round = Round.start(queues, nodes);
      const arrivals = forecast(queues, state, given.smoothing);
      const waiting = waitingTasks(queues, round, given.mostTasks);
      const tasks = [...waiting, ...expectedTasks(queues, round, arrivals, given, random.split('clusters'))];
      const rows = candidates(nodes, tasks.length, given.prices);
      const counts = new Map<string, { queue: number; row: number; count: number }>();
      if (waiting.length > 0 && rows.length > 0) {
        const genome = rentalGenome(problemOf(tasks, rows, nodes, round, given.prices));
        const genes = evolve(genome, given, random.split('evolution'));
        for (const [index, { queue }] of waiting.entries()) {
          const row = rows[genes[index]!];
          if (queue === undefined || row === undefined) continue;
          const key = `${queue}/${row}`;
          counts.set(key, { queue, row, count: (counts.get(key)?.count ?? 0) + 1 });
        }
      }
      const left = round.left - waiting.length;
      const notes = left > 0 ? [`${left} tasks wait for the next round: one takes ${given.mostTasks}`] : [];
      return { assignments: [...counts.values()], state: arrivals, notes };
    },
    explain: (_pod, nodes, row) => [
      {
        name: 'rent',
        value: -rent(nodes, row, given.prices),
        detail: 'what the node costs for an hour, if it is not rented',
      },
    ],
  }),
});

const isRented = (nodes: Snapshot, row: number): boolean => (nodes.info(row)?.pods.length ?? 0) > 0;

function rent(nodes: Snapshot, row: number, prices: Prices): number {
  if (isRented(nodes, row)) return 0;
  return hourlyPrice(Object.fromEntries(nodes.columns.map(({ name, capacity }) => [name, capacity[row]!])), prices);
}

function forecast(queues: readonly Queue[], state: State, smoothing: number): State {
  const arrived = new Map<string, number>();
  for (const { shape, arrivals = 0 } of queues)
    arrived.set(kindOf(shape), (arrived.get(kindOf(shape)) ?? 0) + arrivals);
  const next = new Map<string, number>();
  for (const kind of new Set([...state.keys(), ...arrived.keys()])) {
    const now = arrived.get(kind) ?? 0;
    const before = state.get(kind);
    const smoothed = before === undefined ? now : smoothing * now + (1 - smoothing) * before;
    if (smoothed > 1e-6) next.set(kind, smoothed);
  }
  return next;
}

const demandsOf = ({ room }: Round, queue: number): Float64Array =>
  room.demands.subarray(queue * room.resources.length, (queue + 1) * room.resources.length);

/** One of each queue in turn, until there are enough. */
function waitingTasks(queues: readonly Queue[], round: Round, most: number): readonly Task[] {
  const tasks: Task[] = [];
  for (let turn = 0; tasks.length < most; turn++) {
    const before = tasks.length;
    for (const [queue, { length }] of queues.entries())
      if (turn < length && tasks.length < most) tasks.push({ queue, demands: demandsOf(round, queue) });
    if (tasks.length === before) break;
  }
  return tasks;
}

/** What is expected of each cluster, of the size of its centre. */
function expectedTasks(
  queues: readonly Queue[],
  round: Round,
  arrivals: State,
  { clusters, mostTasks }: Settings,
  random: Random,
): readonly Task[] {
  const byKind = new Map(queues.map(({ shape }) => [kindOf(shape), shape.requests]));
  const points = [...byKind].map(([kind, { cpu = 0, memory = 0 }]) => ({
    x: cpu,
    y: memory,
    count: arrivals.get(kind) ?? 0,
  }));
  const expected = kMeans(points, clusters, random).flatMap(({ x, y, members }) => {
    const centre = round.room.resources.map((name) => ({ cpu: x, memory: y, pods: 1 })[name] ?? 0);
    const count = Math.round(members.reduce((sum, index) => sum + points[index]!.count, 0));
    return Array.from({ length: Math.min(count, mostTasks) }, () => ({
      queue: undefined,
      demands: Float64Array.from(centre),
    }));
  });
  return expected.slice(0, mostTasks);
}

/** Rows in the order in which they are tried: rented ones, then the cheapest, as many as there are tasks. */
function candidates(nodes: Snapshot, tasks: number, prices: Prices): readonly number[] {
  const all = [...nodes.infos()].map(({ row }) => ({ row, price: rent(nodes, row, prices) }));
  const rented = all.filter(({ row }) => isRented(nodes, row));
  const others = all.filter(({ row }) => !isRented(nodes, row)).sort((a, b) => a.price - b.price || a.row - b.row);
  return [...rented, ...others.slice(0, tasks)].map(({ row }) => row);
}

function problemOf(
  tasks: readonly Task[],
  rows: readonly number[],
  nodes: Snapshot,
  { room }: Round,
  prices: Prices,
): RentalProblem {
  const rents = Float64Array.from(rows, (row) => rent(nodes, row, prices));
  const dearest = rents.reduce((most, one) => Math.max(most, one), 1);
  return {
    resources: room.resources.length,
    demands: Float64Array.from(tasks.flatMap(({ demands }) => [...demands])),
    free: Float64Array.from(rows.flatMap((row) => [...room.free(row)])),
    nodes: rows.length,
    prices: rents,
    allowed: Uint8Array.from(
      tasks.flatMap(({ queue }) => rows.map((row) => Number(queue === undefined || room.allows(queue, row)))),
    ),
    // a task that waits longer is worse than any rent; one that is only expected is worth one
    penalties: Float64Array.from(tasks, ({ queue }) => (queue === undefined ? dearest : 10 * dearest)),
  };
}
