import { describe, expect, it } from 'vitest';
import { minute } from '../../support/time.js';
import { chooseRule, stockOf } from './choose.js';
import { DemandHistory, day, period, periodOf } from './history.js';

const begin = Date.UTC(2026, 0, 5);

const historyOf = (days: number, asked: (at: number) => number): DemandHistory => {
  const history = new DemandHistory(begin);
  for (let at = begin; at < begin + days * day; at += minute) {
    const count = asked(at - begin);
    if (count > 0) history.add(at, count);
  }
  return history;
};

/** Ten each minute from nine to five, one each half hour else. */
const office = (since: number): number => {
  const hour = (since % day) / (60 * minute);
  if (hour >= 9 && hour < 17) return 10;
  return since % (30 * minute) === 0 ? 1 : 0;
};

describe('the choice', () => {
  it('needs an hour of demand', () => {
    const history = historyOf(1, office);
    const at = periodOf(begin);
    expect(chooseRule(history, at + 11, 2, 0.99)).toBeUndefined();
    expect(chooseRule(history, at + 12, 2, 0.99)).toBeDefined();
  });

  it('keeps the promise on the past with less than the best constant stock', () => {
    const history = historyOf(8, office);
    const rule = chooseRule(history, periodOf(begin + 8 * day), 2, 0.99);
    expect(rule?.score.hits).toBeGreaterThanOrEqual(0.99 * (rule?.score.asked ?? Infinity));
    // a constant stock of ten for a lead time of a minute would stand idle for most of two thirds of a week
    const slotsPerWeek = (7 * day) / 30_000;
    expect(rule?.score.idle).toBeLessThan(0.6 * 10 * slotsPerWeek);
  });

  it('misses less the more is promised', () => {
    const noisy = historyOf(8, (since) => (((since / minute) * 7919) % 101 < 10 ? ((since / minute) * 31) % 7 : 0));
    const hits = [0.6, 0.9, 0.99, 0.999].map(
      (promise) => chooseRule(noisy, periodOf(begin + 8 * day), 2, promise)?.score.hits ?? 0,
    );
    expect(hits).toEqual([...hits].sort((a, b) => a - b));
    expect(hits[3]).toBeGreaterThan(hits[0] ?? Infinity);
  });

  it('goes back further than a week where a week had too few to judge by', () => {
    const rare = historyOf(28, (since) => (since % (2 * day) === 0 ? 1 : 0));
    const rule = chooseRule(rare, periodOf(begin + 28 * day), 2, 0.99);
    expect(rule?.score.asked).toBe(13); // of fourteen the first came on the first day
  });

  it('asks for nothing where nothing was asked for', () => {
    const rule = chooseRule(
      historyOf(8, () => 0),
      periodOf(begin + 8 * day),
      2,
      0.99,
    );
    expect(stockOf(0, rule?.margin ?? 1)).toBe(0);
  });

  it('takes the hour of day where that is what demand goes by', () => {
    // forty at once, each day at noon: nothing before it hints at it
    const noon = historyOf(21, (since) => (since % day === 12 * 60 * minute + 2 * minute ? 40 : 0));
    const rule = chooseRule(noon, periodOf(begin + 21 * day), 2, 0.9);
    expect(rule?.forecaster.name).toMatch(/^same-(hour|quarter)/);
    expect((rule?.score.idle ?? Infinity) * 30_000).toBeLessThan(40 * 7 * 12 * period);
  });
});

it('adds a margin in roots of the forecast', () => {
  expect([stockOf(0, 0), stockOf(3, 2), stockOf(8, 1), stockOf(1, -5)]).toEqual([0, 7, 11, 0]);
});
