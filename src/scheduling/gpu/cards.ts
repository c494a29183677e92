import type { PodShape } from '../pod-shape.js';
import type { Amounts } from '../resources/amounts.js';
import type { ResourceColumn } from '../snapshot/columns.js';
import type { Snapshot } from '../snapshot/snapshot.js';

/**
 * How a snapshot expresses GPUs, whole and in shares: as extended resources, in thousandths of a card.
 *
 * - A node has `penstock.dev/gpu-milli`, 1000 for each of its cards, and for each card `penstock.dev/gpu-0`, `penstock.dev/gpu-1`, …,
 *   1000 each.
 * - A pod that waits requests `penstock.dev/gpu-milli`: below 1000 a share of one card, else whole cards, a multiple of 1000.
 * - A pod on a node requests besides what it holds of each card (`withCards`), so that what is idle of a card is capacity less requests.
 */
export const gpuMilli = 'penstock.dev/gpu-milli';
export const card = 1000;

export const cardResource = (index: number): string => `penstock.dev/gpu-${index}`;

/** The capacity of a node with some cards. */
export const gpuCapacity = (cards: number): Amounts => ({
  [gpuMilli]: cards * card,
  ...Object.fromEntries(Array.from({ length: cards }, (_, index) => [cardResource(index), card])),
});

/** The columns of cards, in the order of their numbers: as many as the node with the most has. */
export function cardColumns(nodes: Snapshot): readonly ResourceColumn[] {
  const columns: ResourceColumn[] = [];
  for (let column = nodes.column(cardResource(0)); column; column = nodes.column(cardResource(columns.length)))
    columns.push(column);
  return columns;
}

/** A pod as it stands on a node with these cards: one card for a share, as many as it asks for otherwise. */
export function withCards(shape: PodShape, cards: readonly number[]): PodShape {
  const milli = shape.requests[gpuMilli] ?? 0;
  const each = Math.min(milli, card);
  const held = Object.fromEntries(cards.map((index) => [cardResource(index), each]));
  return { ...shapeFacts(shape), requests: { ...shape.requests, ...held }, estimate: { ...shape.estimate, ...held } };
}

/** A shape's keys are getters of its class: a copy has to have them as values. */
const shapeFacts = (shape: PodShape): PodShape => ({
  ...shape,
  key: shape.key,
  nodeKey: shape.nodeKey,
  groupKey: shape.groupKey,
});
