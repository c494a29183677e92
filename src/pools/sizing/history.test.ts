import { describe, expect, it } from 'vitest';
import { minute, second } from '../../support/time.js';
import { DemandHistory, day, daysKept, leadSlots, peaks, period, periodOf, slot, slotOf } from './history.js';

const begin = Date.UTC(2026, 0, 5);

describe('demand', () => {
  it('is counted by slot', () => {
    const history = new DemandHistory(begin);
    history.add(begin + 5 * second, 2);
    history.add(begin + 29 * second, 1);
    history.add(begin + 30 * second, 4);
    const first = slotOf(begin);
    expect([...history.slots(first - 1, first + 4)]).toEqual([0, 3, 4, 0, 0]);
  });

  it('is not counted from before the beginning', () => {
    const history = new DemandHistory(begin);
    history.add(begin - second, 9);
    expect(history.slots(slotOf(begin) - 5, slotOf(begin) + 5).every((count) => count === 0)).toBe(true);
  });

  it('is forgotten after four weeks, a day at a time', () => {
    const history = new DemandHistory(begin);
    history.add(begin, 1);
    history.add(begin + day, 2);
    history.add(begin + daysKept * day + slot, 3);
    expect(history.first).toBe(slotOf(begin));
    history.add(begin + (daysKept + 1) * day, 4);
    expect(history.first).toBe(slotOf(begin + day));
    expect(history.slots(slotOf(begin), slotOf(begin) + 1)[0]).toBe(0);
    expect(history.slots(slotOf(begin + day), slotOf(begin + day) + 1)[0]).toBe(2);
    history.add(begin + 100 * day, 5);
    const last = slotOf(begin + 100 * day);
    expect([...history.slots(last - 1, last + 1)]).toEqual([0, 5]);
  });
});

it('finds the most that was asked for within one lead time, also over the border of two periods', () => {
  const history = new DemandHistory(begin);
  history.add(begin + 10 * second, 2);
  history.add(begin + 50 * second, 3);
  history.add(begin + period - second, 4);
  history.add(begin + period, 6);
  const first = periodOf(begin);
  expect([...peaks(history, 1, first, first + 3)]).toEqual([4, 6, 0]);
  expect([...peaks(history, 2, first, first + 3)]).toEqual([5, 10, 0]);
});

it('rounds a lead time up to slots', () => {
  expect([second, slot, slot + 1, minute].map(leadSlots)).toEqual([1, 1, 2, 2]);
});
