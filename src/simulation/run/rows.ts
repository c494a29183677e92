import { halfInterval, mean } from '../../support/statistics.js';
import type { Row, TrialResult } from './result.js';

/** A row for each policy at each point, in the order of the trials. */
export function rowsOf(trials: readonly TrialResult[]): readonly Row[] {
  const groups = new Map<string, TrialResult[]>();
  for (const one of trials) {
    const key = JSON.stringify([one.trial.at, one.trial.policy]);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map(rowOf);
}

function rowOf(group: readonly TrialResult[]): Row {
  const [first] = group;
  if (!first) throw new Error('a row needs a trial');
  const measures: Record<string, number> = {};
  const interval: Record<string, number> = {};
  // a figure may be lacking for a seed: its mean is over the others
  const names = new Set(group.flatMap(({ outcome }) => Object.keys(outcome.measures)));
  for (const name of names) {
    const values = group.map(({ outcome }) => outcome.measures[name]).filter((value) => value !== undefined);
    measures[name] = mean(values);
    if (values.length > 1) interval[name] = beyondRounding(halfInterval(values), measures[name]);
  }
  return {
    policy: first.trial.policy,
    ...first.trial.at,
    ...measures,
    ...first.outcome.facts,
    seeds: group.length,
    ...(group.length > 1 && { interval }),
  };
}

/** Equal figures are computed in different orders: what is left of that is no interval. */
const beyondRounding = (half: number, middle: number | undefined): number =>
  half < 1e-9 * Math.abs(middle ?? 0) ? 0 : half;
