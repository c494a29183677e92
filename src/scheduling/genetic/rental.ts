import type { Genome } from './evolution.js';

/** Tasks and nodes as numbers; the demands of a task and the room of a node are in the same order of resources. */
export interface RentalProblem {
  readonly resources: number;
  /** `demands[task · resources + r]` */
  readonly demands: Float64Array;
  /** `free[node · resources + r]` */
  readonly free: Float64Array;
  readonly nodes: number;
  /** What a node costs if it is used; 0 for one that is used already. */
  readonly prices: Float64Array;
  /** 1 where a task may be: `allowed[task · nodes + node]`. */
  readonly allowed: Uint8Array;
  /** What it costs to leave a task without a node. */
  readonly penalties: Float64Array;
}

/** A gene that is to become the first node that fits. */
const firstFit = -1;

/**
 * A chromosome says for each task its node, or with the number of nodes that it has none. A task that does not fit where it should go
 * is moved to the first node that it fits.
 */
export function rentalGenome(problem: RentalProblem): Genome {
  const length = problem.penalties.length;
  const seed = new Int32Array(length).fill(firstFit);
  return { length, alleles: problem.nodes + 1, seeds: [seed], cost: (genes) => mend(problem, genes) };
}

function mend(
  { resources, demands, free, nodes, prices, allowed, penalties }: RentalProblem,
  genes: Int32Array,
): number {
  const left = free.slice();
  const used = new Uint8Array(nodes);
  let cost = 0;
  const fits = (task: number, node: number): boolean => {
    if (allowed[task * nodes + node] !== 1) return false;
    for (let r = 0; r < resources; r++) {
      const demand = demands[task * resources + r]!;
      if (demand > 0 && demand > left[node * resources + r]!) return false;
    }
    return true;
  };
  for (let task = 0; task < genes.length; task++) {
    let node = genes[task]!;
    if (node !== nodes && (node === firstFit || !fits(task, node))) {
      node = 0;
      while (node < nodes && !fits(task, node)) node++;
    }
    genes[task] = node;
    if (node === nodes) {
      cost += penalties[task]!;
      continue;
    }
    for (let r = 0; r < resources; r++) left[node * resources + r]! -= demands[task * resources + r]!;
    if (used[node] === 0) cost += prices[node]!;
    used[node] = 1;
  }
  return cost;
}
