import { type Candidate, criteriaOf, earliestStart } from './candidate.js';
import { type DryRun, selectVictims } from './select-victims.js';
import { bySteadiness, loadShare, type UseOfPods } from './steadiness.js';

/**
 * The same node with unsteady pods as victims, unless that costs more by any of kube-scheduler's criteria than its own victims do: for
 * steadiness no budget is violated, no pod of a higher priority goes, and no pod more.
 */
function steadier(candidate: Candidate, dryRun: DryRun, use: UseOfPods): Candidate {
  const { nodes, preemptor } = dryRun;
  const { row } = candidate;
  const lower = nodes.info(row)?.pods.filter(({ shape }) => shape.priority < preemptor.shape.priority) ?? [];
  const other = selectVictims(dryRun, row, bySteadiness(lower, nodes, row, use));
  return other && compareCosts(criteriaOf(other), criteriaOf(candidate)) <= 0 ? other : candidate;
}

/** What of the composite load of a node goes with the victims; `undefined`: the use of one of them is not known. */
interface FreedLoad {
  readonly mean: number;
  readonly variance: number;
}

function freedLoad({ row, victims }: Candidate, { nodes }: DryRun, use: UseOfPods): FreedLoad | undefined {
  let [mean, variance] = [0, 0];
  for (const victim of victims) {
    const share = loadShare(victim, nodes, row, use);
    if (!share) return undefined;
    mean += share.mean;
    variance += share.variance;
  }
  return { mean, variance };
}

/** The best of one row, and all that decides between rows. */
export interface SteadyChoice {
  readonly candidate: Candidate;
  readonly costs: readonly number[];
  readonly freed: FreedLoad | undefined;
  readonly start: number;
}

export function steadyChoice(own: Candidate, dryRun: DryRun, use: UseOfPods): SteadyChoice {
  const candidate = steadier(own, dryRun, use);
  return {
    candidate,
    costs: criteriaOf(candidate),
    freed: freedLoad(candidate, dryRun, use),
    start: earliestStart(candidate),
  };
}

/** Those that are best by kube-scheduler's criteria, then by what is left on their nodes, then by start time. */
export function steadiest(choices: readonly SteadyChoice[]): readonly SteadyChoice[] {
  const equal = leastBy(choices, (a, b) => compareCosts(a.costs, b.costs));
  const areKnown = equal.every(({ freed }) => freed !== undefined);
  // what leaves the node steady, then what leaves it high
  const steady = areKnown ? leastBy(equal, (a, b) => compareFreed(a.freed, b.freed)) : equal;
  return leastBy(steady, (a, b) => (a.start === b.start ? 0 : b.start - a.start));
}

function leastBy(
  choices: readonly SteadyChoice[],
  compare: (a: SteadyChoice, b: SteadyChoice) => number,
): readonly SteadyChoice[] {
  let best: SteadyChoice[] = [];
  for (const choice of choices) {
    const difference = best[0] ? compare(choice, best[0]) : -1;
    if (difference < 0) best = [choice];
    else if (difference === 0) best.push(choice);
  }
  return best;
}

const compareFreed = (a: FreedLoad = nothing, b: FreedLoad = nothing): number =>
  b.variance - a.variance || a.mean - b.mean;

const nothing: FreedLoad = { mean: 0, variance: 0 };

/** By the first cost in which they differ. */
function compareCosts(a: readonly number[], b: readonly number[]): number {
  for (const [index, cost] of a.entries()) if (cost !== b[index]) return cost - (b[index] ?? 0);
  return 0;
}
