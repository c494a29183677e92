import type { Pod } from '../../api/kubernetes.js';
import type { SelectStage } from '../stage.js';
import type { Slot } from '../work.js';

/**
 * Gives the slots, in their order, the containers in the order in which they came into stock: the oldest first. The same
 * view of the stock gives the same choices, so that two operators which are active at once seldom disagree.
 */
export const matchOldest: SelectStage<Slot, Pod> = {
  name: 'match',
  select(slots, candidates) {
    const choices: { need: Slot; candidate: Pod }[] = [];
    for (const candidate of candidates) {
      const need = slots[choices.length];
      if (!need) break;
      choices.push({ need, candidate });
    }
    return choices;
  },
};
