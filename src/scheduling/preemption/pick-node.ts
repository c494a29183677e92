import { startOf } from './importance.js';
import type { Candidate } from './select-victims.js';

/** What makes a candidate worse: the least is best. */
type Criterion = (candidate: Candidate) => number;

const highestPriority: Criterion = ({ victims }) => victims[0]?.shape.priority ?? 0;

/** Moves all priorities above 0: many victims of a low priority are worse than few of it. */
const offset = 2 ** 31;

const sumOfPriorities: Criterion = ({ victims }) =>
  victims.reduce((sum, { shape }) => sum + shape.priority + offset, 0);

/** Of the victims of the highest priority, when the first started: the later, the better. */
function earliestStart(candidate: Candidate): number {
  const highest = highestPriority(candidate);
  const starts = candidate.victims.filter(({ shape }) => shape.priority === highest).map(startOf);
  return -Math.min(...starts);
}

/** kube-scheduler's criteria (`pickOneNodeForPreemption`), those that come after decide among equals. */
const criteria: readonly Criterion[] = [
  ({ violations }) => violations,
  highestPriority,
  sumOfPriorities,
  ({ victims }) => victims.length,
  earliestStart,
];

/** The best candidates by all criteria, in their order: between them nothing is left to choose. */
export function bestCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  let best = candidates;
  for (const criterion of criteria) if (best.length > 1) best = leastBy(best, criterion);
  return best;
}

function leastBy(candidates: readonly Candidate[], criterion: Criterion): readonly Candidate[] {
  const values = candidates.map(criterion);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  return candidates.filter((_, index) => values[index] === least);
}
