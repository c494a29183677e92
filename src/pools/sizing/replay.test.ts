import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slotsPerPeriod } from './history.js';
import { replay } from './replay.js';

const play = (demand: readonly number[], stocks: readonly number[], lead: number) =>
  replay(Uint16Array.from(demand), Float64Array.from(stocks), lead);

it.each([
  {
    what: 'a stock that suffices',
    demand: [2, 0, 0],
    stock: 3,
    lead: 1,
    score: { asked: 2, hits: 2, idle: 1 + 3 + 3 },
  },
  { what: 'one that does not', demand: [5, 0], stock: 3, lead: 1, score: { asked: 5, hits: 3, idle: 0 + 3 } },
  {
    what: 'what is taken is back a lead time later',
    demand: [2, 2, 2],
    stock: 2,
    lead: 2,
    score: { asked: 6, hits: 4, idle: 0 },
  },
  { what: 'no stock', demand: [1, 1], stock: 0, lead: 1, score: { asked: 2, hits: 0, idle: 0 } },
])('$what', ({ demand, stock, lead, score }) => expect(play(demand, [stock], lead)).toEqual(score));

it('lets a raised stock come a lead time later, and a lowered one go at once', () => {
  const quiet = Array.from({ length: 3 * slotsPerPeriod }, () => 0);
  expect(play(quiet, [1, 3, 2], 2).idle).toBe(10 * 1 + (2 * 1 + 8 * 3) + 10 * 2);
});

it('never hits less with a larger stock', () => {
  const demand = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(demand, fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 7 }), (slots, stock, lead) => {
      const stocks = (size: number) => Array.from({ length: 6 }, () => size);
      const [less, more] = [play(slots, stocks(stock), lead), play(slots, stocks(stock + 1), lead)];
      expect(more.hits).toBeGreaterThanOrEqual(less.hits);
      expect(more.idle).toBeGreaterThanOrEqual(less.idle);
    }),
  );
});
