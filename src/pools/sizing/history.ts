import { type Duration, hour, type Instant, minute, second } from '../../support/time.js';

/** Demand is counted in slots of this length: half a lead time of a minute, and less than one of most. */
export const slot: Duration = 30 * second;
/** Forecasts are for periods of this length, and so long a stock stands at least unless demand was missed. */
export const period: Duration = 5 * minute;
export const slotsPerPeriod = period / slot;
export const day: Duration = 24 * hour;
/** Four weeks: each hour of the week four times. */
export const daysKept = 28;

const slotsPerDay = day / slot;
/** What a slot can hold; more counts as this. */
const mostPerSlot = 0xffff;

export const slotOf = (at: Instant): number => Math.floor(at / slot);
export const periodOf = (at: Instant): number => Math.floor(at / period);

/**
 * How many containers were asked for in each slot of the last four weeks. Slots and periods are numbered from the Unix
 * epoch. Takes 170 kB whatever the demand is.
 */
export class DemandHistory {
  /** The slot in which counting began, or the oldest that is kept. */
  #first: number;
  /** The slot after the last one that was counted in. */
  #end: number;
  /** The slot that `#counts[0]` stands for; the beginning of a day. */
  #base: number;
  readonly #counts = new Uint16Array((daysKept + 1) * slotsPerDay);

  /** @param since when counting began: nothing is known of what was before */
  constructor(since: Instant) {
    this.#first = slotOf(since);
    this.#end = this.#first;
    this.#base = this.#first - (this.#first % slotsPerDay);
  }

  get first(): number {
    return this.#first;
  }

  /** What was asked for before counting began, or longer ago than is kept, is not counted. */
  add(at: Instant, count: number): void {
    const place = slotOf(at);
    if (place < this.#first) return;
    const beyond = place - this.#base - this.#counts.length;
    if (beyond >= 0) this.#dropDays(1 + Math.floor(beyond / slotsPerDay));
    const index = place - this.#base;
    this.#counts[index] = Math.min(mostPerSlot, (this.#counts[index] ?? 0) + count);
    this.#end = Math.max(this.#end, place + 1);
  }

  /** The counts of these slots, `from` to before `to`; none where nothing was asked for. A copy. */
  slots(from: number, to: number): Uint16Array {
    const counts = new Uint16Array(Math.max(0, to - from));
    const begin = Math.min(to, Math.max(from, this.#base));
    const known = this.#counts.subarray(begin - this.#base, Math.max(begin, Math.min(to, this.#end)) - this.#base);
    counts.set(known, begin - from);
    return counts;
  }

  #dropDays(days: number): void {
    const dropped = Math.min(this.#counts.length, days * slotsPerDay);
    this.#counts.copyWithin(0, dropped);
    this.#counts.fill(0, this.#counts.length - dropped);
    this.#base += days * slotsPerDay;
    this.#first = Math.max(this.#first, this.#base);
  }
}

/**
 * For each period the most that was asked for within one lead time: that is what a stock must be able to bear, as each
 * container that is taken comes back a lead time later. Batches need no model of their own: they are in the counts.
 * @param lead in slots
 * @param from first period, whose slots must be known from one lead time before on, or count as empty there
 */
export function peaks(history: DemandHistory, lead: number, from: number, to: number): Float64Array {
  const begin = from * slotsPerPeriod - (lead - 1);
  const counts = history.slots(begin, to * slotsPerPeriod);
  const out = new Float64Array(Math.max(0, to - from));
  let within = 0;
  for (let i = 0; i < counts.length; i++) {
    within += (counts[i] ?? 0) - (i >= lead ? (counts[i - lead] ?? 0) : 0);
    const at = Math.floor((i - (lead - 1)) / slotsPerPeriod);
    if (at >= 0 && within > (out[at] ?? 0)) out[at] = within;
  }
  return out;
}

/** A lead time in whole slots, at least one: what is taken in a slot is not back in it. */
export const leadSlots = (lead: Duration): number => Math.max(1, Math.ceil(lead / slot));
