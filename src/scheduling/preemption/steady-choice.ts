import { type Candidate, criteriaOf } from './candidate.js';
import { type DryRun, selectVictims } from './select-victims.js';
import { bySteadiness, loadShare, type UseOfPods } from './steadiness.js';

/**
 * The same node with unsteady pods as victims, unless that costs more by any of kube-scheduler's criteria than its own victims do: for
 * steadiness no budget is violated, no pod of a higher priority goes, and no pod more.
 */
export function steadier(candidate: Candidate, dryRun: DryRun, use: UseOfPods): Candidate {
  const { nodes, preemptor } = dryRun;
  const { row } = candidate;
  const lower = nodes.info(row)?.pods.filter(({ shape }) => shape.priority < preemptor.shape.priority) ?? [];
  const other = selectVictims(dryRun, row, bySteadiness(lower, nodes, row, use));
  return other && compareCosts(criteriaOf(other), criteriaOf(candidate)) <= 0 ? other : candidate;
}

/** What of the composite load of a node goes with the victims; `undefined`: the use of one of them is not known. */
export interface FreedLoad {
  readonly mean: number;
  readonly variance: number;
}

export function freedLoad({ row, victims }: Candidate, { nodes }: DryRun, use: UseOfPods): FreedLoad | undefined {
  let [mean, variance] = [0, 0];
  for (const victim of victims) {
    const share = loadShare(victim, nodes, row, use);
    if (!share) return undefined;
    mean += share.mean;
    variance += share.variance;
  }
  return { mean, variance };
}

/** The candidates that are best by kube-scheduler's criteria, and by what is left on their nodes. */
export function steadiest(candidates: readonly Candidate[], dryRun: DryRun, use: UseOfPods): readonly Candidate[] {
  const costs = candidates.map(criteriaOf);
  const least = costs.reduce((a, b) => (compareCosts(b, a) < 0 ? b : a), costs[0] ?? []);
  const equal = candidates.filter((_, index) => compareCosts(costs[index] ?? [], least) === 0);
  const freed = equal.map((candidate) => freedLoad(candidate, dryRun, use));
  const known = freed.flatMap((load) => load ?? []);
  if (known.length < equal.length) return equal;
  // what leaves the node steady, then what leaves it high
  const best = known.reduce((a, b) => (compareFreed(b, a) < 0 ? b : a), known[0] ?? { mean: 0, variance: 0 });
  return equal.filter((_, index) => compareFreed(known[index] ?? best, best) === 0);
}

const compareFreed = (a: FreedLoad, b: FreedLoad): number => b.variance - a.variance || a.mean - b.mean;

/** By the first cost in which they differ. */
function compareCosts(a: readonly number[], b: readonly number[]): number {
  for (const [index, cost] of a.entries()) if (cost !== b[index]) return cost - (b[index] ?? 0);
  return 0;
}
