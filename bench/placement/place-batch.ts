/** A batch of pods on the nodes of a case, by a policy. */
import { ScheduleAlgorithm } from '../../src/scheduling/algorithm/schedule-algorithm.js';
import type { BatchPolicy, Policy, ScorePolicy } from '../../src/scheduling/policies/policy.js';
import type { Random } from '../../src/support/random.js';
import { infoOf, shapeOf, snapshotOf } from '../../src/simulation/engine/objects.js';
import { shuffled } from '../../src/simulation/engine/shuffled.js';
import { queueOf } from '../../test/scheduling/snapshots.js';
import type { PlacementCase } from './cases.js';

/** How many of each class stand on each node: `placed[node][job]`. */
export type Placed = readonly (readonly number[])[];

/** Pods that no policy has to think of: a node takes as many as there are. */
const podsPerNode = 110;

/**
 * Policies that score get one pod after the other, in an order that chance gives; those that place batches get all at once, and again what
 * they have left until they place nothing more.
 */
export function placeBatch(placement: PlacementCase, policy: Policy, random: Random): Placed {
  const batch = new Batch(placement);
  if (policy.kind === 'score') placeOneByOne(batch, policy, random);
  else placeInRounds(batch, policy, random);
  return batch.placed;
}

class Batch {
  readonly nodes;
  readonly shapes;
  readonly placed: number[][];
  readonly left: number[];
  #count = 0;

  constructor({ nodes, classes }: PlacementCase) {
    this.nodes = snapshotOf(nodes.map(({ capacity }) => ({ capacity: { ...capacity, pods: podsPerNode } })));
    this.shapes = classes.map(({ requests }) => shapeOf(requests));
    this.placed = nodes.map(() => classes.map(() => 0));
    this.left = classes.map(({ pods }) => pods);
  }

  place(job: number, row: number): void {
    const [shape, onNode] = [this.shapes[job], this.placed[row]];
    if (!shape || !onNode) throw new Error(`there is no class ${job} or no node ${row}`);
    this.nodes.place(infoOf(`p${this.#count++}`, shape), row);
    onNode[job]!++;
    this.left[job]!--;
  }
}

function placeOneByOne(batch: Batch, policy: ScorePolicy, random: Random): void {
  const algorithm = new ScheduleAlgorithm(policy);
  const arriving = shuffled(
    batch.left.flatMap((count, job) => Array<number>(count).fill(job)),
    random.split('order'),
  );
  for (const job of arriving) {
    const shape = batch.shapes[job];
    const row = shape ? algorithm.select(shape, batch.nodes) : -1;
    if (row >= 0) batch.place(job, row);
  }
}

function placeInRounds(batch: Batch, policy: BatchPolicy, random: Random): void {
  let state = policy.start();
  for (let round = 0; ; round++) {
    const queues = batch.shapes.map((shape, job) => ({
      ...queueOf(batch.nodes, shape, batch.left[job] ?? 0),
      arrivals: round === 0 ? (batch.left[job] ?? 0) : 0,
    }));
    const { assignments, state: next } = policy.place(queues, batch.nodes, state, random.split(`round ${round}`));
    if (assignments.length === 0) return;
    state = next;
    for (const { queue, row, count } of assignments) for (let n = 0; n < count; n++) batch.place(queue, row);
  }
}
