import { type Duration, hour, type Instant } from '../../support/time.js';
import { chooseRule, type Rule } from './choose.js';
import { type DemandHistory, day, leadSlots, period, slot } from './history.js';

/**
 * Keeps the rule of one pool for an hour: to choose one plays a week of demand against all. Always chosen for the
 * beginning of the hour, so that an operator that has just started comes to the same.
 */
export class RuleBook {
  #for: string | undefined;
  #rule: Rule | undefined;

  ruleFor(history: DemandHistory, now: Instant, lead: Duration, hitRate: number): Rule | undefined {
    const slots = leadSlots(lead);
    // in the first hours each period tells something new
    const known = now - history.first * slot;
    const every = known < day ? period : hour;
    const at = Math.floor(now / every) * (every / period);
    const key = `${at}/${slots}/${hitRate}`;
    if (this.#for !== key) {
      this.#rule = chooseRule(history, at, slots, hitRate);
      this.#for = key;
    }
    return this.#rule;
  }
}
