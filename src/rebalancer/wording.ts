import type { Move } from './planning/plan.js';

/** Why a pod moves, in a sentence for people. */
export const describeMove = ({ reason, resource, from, to }: Move): string =>
  reason === 'NodeHot'
    ? `${from} uses too much of its ${resource ?? 'resources'}; ${to} has room`
    : `${from} is used little and is being emptied`;
