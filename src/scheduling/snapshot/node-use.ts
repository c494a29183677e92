import type { Instant } from '../../support/time.js';
import type { NodeUse } from './node-info.js';

/**
 * How much of a pod's use a mean over a window does not contain: 1 for a pod that came after the window, 0 for one that was
 * there all the time, and in between what part of the window had passed before it came.
 */
export function missingShare(since: Instant, { from, to }: Pick<NodeUse, 'from' | 'to'>): number {
  if (since >= to) return 1;
  if (since <= from) return 0;
  return (since - from) / (to - from);
}
