import type { Pod } from '../../../api/kubernetes.js';
import type { Choice } from '../../stage.js';
import type { Slot } from '../../work.js';

/**
 * Gives the slots, in their order, the containers in the order in which they came into stock: the oldest first. The same
 * view of the stock gives the same choices, so that two operators which are active at once seldom disagree.
 */
export function oldest(slots: readonly Slot[], candidates: Iterable<Pod>): readonly Choice<Slot, Pod>[] {
  const choices: Choice<Slot, Pod>[] = [];
  if (slots.length === 0) return choices;
  for (const candidate of candidates) {
    const need = slots[choices.length];
    if (!need) break;
    choices.push({ need, candidate });
  }
  return choices;
}
