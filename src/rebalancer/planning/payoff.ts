/**
 * What moves bring and cost, in node-seconds: one node-second is a whole node for a second. A move is made when its gain is above its
 * cost. These rules of ours weigh against each other what a node's time is worth:
 *
 *   gain of relieving a node  = horizon · (overload relieved on `from` − overload caused on `to`),
 *                               overload = Σ_r max(0, Q_r − target)
 *   gain of emptying a node   = horizon · (1 − share used), in equal parts on its moves
 *   gain of a replacement     = horizon · the pod's share of its node, which would be lost for a while
 *     off a node that goes
 *   cost of a move            = start time · the pod's share of its node (both run meanwhile)
 *                               + the price of a disruption, or of a replacement
 *
 * A share of a node is the mean of the shares of its resources.
 *
 * In a sentence: it pays to move a pod when what the node suffers, or idles, for the next half hour is more than running the pod twice
 * while it starts and interrupting it once.
 */
import { second } from '../../support/time.js';
import type { MoveMeans } from './plan.js';
import type { RebalancerSettings } from './settings.js';

type PayoffSettings = RebalancerSettings['payoff'];

/** @param overload relieved less caused, in shares of a node */
export const reliefGain = (overload: number, { horizon }: PayoffSettings): number => (horizon / second) * overload;

/**
 * Of each of the moves that empty a node.
 * @param used the share of the node that is used before
 */
export const emptyingGain = (used: number, moves: number, { horizon }: PayoffSettings): number =>
  ((horizon / second) * Math.max(0, 1 - used)) / moves;

/** @param share of its node that the pod uses */
export const leavingGain = (share: number, { horizon }: PayoffSettings): number => (horizon / second) * share;

/** @param share of its node that the pod uses */
export const moveCost = (
  share: number,
  means: MoveMeans,
  { startTime, disruption, replacement }: PayoffSettings,
): number => (startTime / second) * share + (means === 'eviction' ? disruption : replacement);
