import type { Move } from './planning/plan.js';

/** Why a pod moves, in a sentence for people. */
export function describeMove({ reason, resource, from, to }: Move): string {
  switch (reason) {
    case 'NodeHot':
      return `${from} uses too much of its ${resource ?? 'resources'}; ${to} has room`;
    case 'NodeUnderutilized':
      return `${from} is used little and is being emptied`;
    case 'NodeLeaving':
      return `${from} is being drained, maintained or taken away`;
  }
}
