import { type PreemptionCosts, priorityOffset } from '../kernels/preemption.js';
import type { PodInfo } from '../snapshot/node-info.js';
import { isStock } from './stock.js';
import { startOf } from './importance.js';

/** A node that can take the pod once its victims are gone. */
export interface Candidate {
  readonly row: number;
  /** The most important first; at least one. */
  readonly victims: readonly PodInfo[];
  /** How many of them a disruption budget does not allow to be evicted. */
  readonly violations: number;
}

/**
 * By which kube-scheduler chooses between nodes (`pickOneNodeForPreemption`), in this order: the least is best, and those that come after
 * decide among equals. What is in the stock of a pool counts last: nobody misses it. Between nodes that are equal in all of these, it
 * takes that with the latest `earliestStart`.
 */
export const criteria = ['violations', 'highestPriority', 'sumOfPriorities', 'victims', 'stock'] as const;

export function criteriaOf({ victims, violations }: Candidate): readonly number[] {
  const inUse = victims.filter((pod) => !isStock(pod));
  const sumOfPriorities = inUse.reduce((sum, { shape }) => sum + shape.priority + priorityOffset, 0);
  return [violations, highestPriority(victims), sumOfPriorities, inUse.length, victims.length - inUse.length];
}

/** When the first of the victims of the highest priority started. */
export function earliestStart({ victims }: Candidate): number {
  const highest = highestPriority(victims);
  return Math.min(...victims.filter(({ shape }) => shape.priority === highest).map(startOf));
}

export function setCosts(candidate: Candidate, costs: PreemptionCosts): void {
  for (const [index, cost] of criteriaOf(candidate).entries()) costs[criteria[index]!][candidate.row] = cost;
  costs.start[candidate.row] = -earliestStart(candidate);
}

const highestPriority = (victims: readonly PodInfo[]): number =>
  victims.reduce((highest, { shape }) => Math.max(highest, shape.priority), -Infinity);
