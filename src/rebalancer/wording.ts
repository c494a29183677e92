import type { Move } from './planning/plan.js';

/** Why a pod moves, in a sentence for people. */
export function describeMove({ reason, resource, from, to, loads }: Move): string {
  const why =
    reason === 'NodeHot'
      ? `${resource ?? 'a resource'} of ${from} is used too much`
      : `${from} is used little and is being emptied`;
  return `${why} (load ${percent(loads.from.before)}): it moves to ${to} (load ${percent(loads.to.before)})`;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
