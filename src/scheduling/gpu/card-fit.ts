import type { PodShape } from '../pod-shape.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { card, cardColumns, gpuMilli } from './cards.js';

/** What a pod needs of cards: `each` thousandths on `count` different ones. A pod that asks for none needs it of none. */
export interface CardDemand {
  readonly each: number;
  readonly count: number;
}

export function cardDemand({ requests }: PodShape): CardDemand {
  const milli = requests[gpuMilli] ?? 0;
  return { each: Math.min(milli, card), count: Math.ceil(milli / card) };
}

/**
 * The cards that a pod takes on a row by best fit: of those with room the ones with the least idle, then the first. For policies that
 * rank nodes and say nothing of cards; `fgd` has its own (`FragmentationGrowth.cards`).
 *
 * @returns numbers of cards, none for a pod that asks for none; `undefined`: too few have room
 */
export function bestFitCards(pod: PodShape, nodes: Snapshot, row: number): readonly number[] | undefined {
  const { each, count } = cardDemand(pod);
  const idle = cardColumns(nodes).map(({ capacity, requested }) => capacity[row]! - requested[row]!);
  const fitting = [...idle.keys()].filter((at) => count > 0 && idle[at]! >= each);
  if (fitting.length < count) return undefined;
  return fitting.sort((a, b) => idle[a]! - idle[b]! || a - b).slice(0, count);
}
