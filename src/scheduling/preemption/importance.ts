import type { PodInfo } from '../snapshot/node-info.js';
import { isStock } from './stock.js';

/** Compares two pods, as `toSorted` takes it: below 0, the first is more important and goes later. */
export type Importance = (a: PodInfo, b: PodInfo) => number;

/**
 * kube-scheduler's order (`MoreImportantPod`): by priority, of equal ones that which started first. Not started counts as last. Of one
 * priority, what is in the stock of a pool is less important than all others.
 */
export const byPriority: Importance = (a, b) =>
  b.shape.priority - a.shape.priority || Number(isStock(a)) - Number(isStock(b)) || compare(startOf(a), startOf(b));

export const startOf = ({ startTime = Infinity }: PodInfo): number => startTime;

/** Infinity less itself is not 0. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
