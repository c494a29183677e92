/** What load of jobs nodes can carry: the capacity region of Maguluri, Srikant and Ying, INFOCOM 2012. */
import type { Amounts } from '../../src/scheduling/resources/amounts.js';
import type { Constraint, Solver } from './program.js';

/** How many of each class. */
export type Counts = readonly number[];

/** All configurations that fit on a node and have room for no job more, by what jobs request. */
export function maximalConfigurations(requests: readonly Amounts[], capacity: Amounts): readonly Counts[] {
  const fits = (counts: Counts) =>
    Object.keys(capacity).every(
      (resource) =>
        counts.reduce((sum, count, job) => sum + count * (requests[job]?.[resource] ?? 0), 0) <=
        (capacity[resource] ?? 0),
    );
  const extend = (counts: Counts): readonly Counts[] => {
    if (counts.length === requests.length) return [counts];
    const found: Counts[] = [];
    const rest = Array<number>(requests.length - counts.length - 1).fill(0);
    for (let count = 0; fits([...counts, count, ...rest]); count++) found.push(...extend([...counts, count]));
    return found;
  };
  const oneMore = (counts: Counts, job: number) => counts.map((count, other) => (other === job ? count + 1 : count));
  return extend([]).filter((counts) => counts.every((_count, job) => !fits(oneMore(counts, job))));
}

/**
 * The greatest ρ for which ρ·load is in the convex hull of the maximal configurations, or below a point of it: maximise ρ with
 * ρ·load_m ≤ Σ_c p_c·H_cm, Σ_c p_c = 1. Of equal nodes each carries as much.
 *
 * @param load of one node: jobs of each class that come in a slot, times how many slots one takes
 */
export function capacityLimit(load: Counts, configurations: readonly Counts[], solver: Solver): number {
  const share = (at: number) => `p${at}`;
  const served = load.map(
    (amount, job): Constraint => ({
      terms: [
        { coefficient: amount, variable: 'rho' },
        ...configurations.map((counts, at) => ({ coefficient: -(counts[job] ?? 0), variable: share(at) })),
      ],
      relation: '<=',
      bound: 0,
    }),
  );
  const shares = configurations.map((_counts, at) => ({ coefficient: 1, variable: share(at) }));
  const { status, objective } = solver({
    sense: 'Maximize',
    objective: [{ coefficient: 1, variable: 'rho' }],
    constraints: [...served, { terms: shares, relation: '=', bound: 1 }],
  });
  if (status !== 'optimal') throw new Error(`the capacity limit was not found: ${status}`);
  return objective;
}
