import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Autoscale } from '../../api/container-pool.js';
import { hour, minute, second } from '../../support/time.js';
import type { Rule } from './choose.js';
import type { Forecaster } from './forecast/index.js';
import { DemandHistory, day } from './history.js';
import { type SizeView, sizeStock } from './size.js';

const now = Date.UTC(2026, 0, 12, 9, 2);

/** Always says the same. */
const saying = (forecast: number): Forecaster => ({
  name: 'oracle',
  basis: 'what the test says',
  forecast: (peaks, _first, from) => new Float64Array(peaks.length + 1 - from).fill(forecast),
});

const rule = (forecast: number, margin = 0): Rule => ({
  forecaster: saying(forecast),
  margin,
  score: { asked: 1000, hits: 994, idle: 5 },
});

const limits: Autoscale = {
  hitRate: 0.99,
  min: 0,
  max: 100,
  change: { raisePerMinute: 1000, lowerPerMinute: 10 },
  schedules: [],
  timeZone: 'UTC',
};

const view = (parts: Partial<SizeView> & { readonly limits?: Partial<Autoscale> } = {}): SizeView => {
  const { limits: own, ...rest } = parts;
  return {
    autoscale: { ...limits, ...own },
    start: 0,
    history: new DemandHistory(now - 7 * day),
    rule: rule(26),
    lead: 41 * second,
    before: { stock: 12, changedAt: now - hour },
    now,
    ...rest,
  };
};

describe('the size', () => {
  it('is what a webhook says, within the same limits', () => {
    const told = { stock: 60, message: 'the office opens' };
    const size = sizeStock(
      view({ rule: undefined, told, limits: { max: 40, change: { raisePerMinute: 5, lowerPerMinute: 5 } } }),
    );
    expect(size).toMatchObject({ stock: 17, forecaster: 'webhook', short: true, wakeAt: now + minute });
    expect(size.message).toMatch(
      /^raised from 12 to 17: the webhook asks for 60: the office opens; that would be 60, but max is 40; /,
    );
    expect(sizeStock(view({ rule: undefined, told: 'not yet' })).stock).toBe(12);
    expect(sizeStock(view({ rule: undefined, told: 'not yet', before: undefined, start: 3 })).stock).toBe(3);
  });

  it('is told with its reason', () => {
    expect(sizeStock(view({ rule: rule(26, 0.7) }))).toEqual({
      stock: 30,
      message:
        'raised from 12 to 30: between 09:00 and 09:05 UTC at most 26 are expected within one refill, going by what the test says, refill takes 41 s, and 4 are kept for error; so sized, 99.4% of recent demand was in stock (promised 99%)',
      short: false,
      forecast: 26,
      forecaster: 'oracle',
      wakeAt: now + 3 * minute,
    });
  });

  const young = new DemandHistory(now - 2 * hour);
  young.add(now - hour, 17);
  const early = new DemandHistory(now - 10 * minute);
  early.add(now - minute, 6);

  it.each([
    ['min', { limits: { min: 40 } }, 40, 'min is 40, and demand asks for 26 only'],
    ['max', { limits: { max: 20 } }, 20, 'that would be 26, but max is 20'],
    [
      'a slow raise',
      { limits: { change: { raisePerMinute: 5, lowerPerMinute: 5 } } },
      17,
      'the aim is 26, but in a minute it is raised by 5 at most',
    ],
    ['a slow fall', { rule: rule(1) }, 2, 'the aim is 1, but in a minute it is lowered by 10 at most'],
    ['a change just now', { before: { stock: 12, changedAt: now - second } }, 12, 'it changed within this minute'],
    ['no size before', { before: undefined }, 26, 'begins with 26'],
    ['the same size', { before: { stock: 26, changedAt: now - hour } }, 26, 'stays at 26'],
    ['a first hour with demand', { rule: undefined, history: early }, 6, 'counted for less than an hour'],
    ['a first hour with a start', { rule: undefined, history: early, start: 9 }, 9, 'counted for less than an hour'],
    [
      'a first day with a peak',
      { rule: rule(3), history: young },
      17,
      'up to 17 were asked for within one refill, and demand is known for less than a day',
    ],
    ['a first day with a start', { rule: rule(3), history: young, start: 25 }, 25, '25 are kept at first'],
    [
      'a schedule',
      { limits: { schedules: [{ from: '09:00', to: '10:00', min: 50 }] } },
      50,
      'the schedule 09:00 to 10:00 (UTC) asks for 50',
    ],
  ] as const)('%s', (_, parts, stock, message) => {
    const size = sizeStock(view(parts));
    expect([size.stock, size.message]).toEqual([stock, expect.stringContaining(message)]);
  });

  it('is looked at again a minute later where it was held back', () => {
    expect(sizeStock(view({ rule: rule(1) })).wakeAt).toBe(now + minute);
    expect(sizeStock(view({ rule: rule(1), before: { stock: 12, changedAt: now - 20 * second } })).wakeAt).toBe(
      now + 40 * second,
    );
  });

  it('is within its limits, and comes no faster than they allow, whatever demand is', () => {
    const size = fc.integer({ min: 0, max: 200 });
    const step = fc.integer({ min: 1, max: 50 });
    fc.assert(
      fc.property(size, size, size, size, step, step, (a, b, forecast, stock, raisePerMinute, lowerPerMinute) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b, 1)];
        const own = { min, max, change: { raisePerMinute, lowerPerMinute } };
        let before = { stock, changedAt: now - hour };
        let at = now;
        for (let minutes = 0; minutes < 200; minutes++, at += minute) {
          const next = sizeStock(view({ limits: own, rule: rule(forecast), before, now: at }));
          expect(next.stock - before.stock).toBeLessThanOrEqual(raisePerMinute);
          expect(before.stock - next.stock).toBeLessThanOrEqual(lowerPerMinute);
          if (next.stock !== before.stock) before = { stock: next.stock, changedAt: at };
        }
        expect(before.stock).toBe(Math.min(max, Math.max(min, forecast)));
      }),
      { numRuns: 50 },
    );
  });

  it('falls not when a forecast or a margin grows', () => {
    const amount = fc.integer({ min: 0, max: 90 });
    fc.assert(
      fc.property(amount, amount, fc.double({ min: 0, max: 5, noNaN: true }), (a, b, margin) => {
        const stockFor = (forecast: number, more: number) =>
          sizeStock(view({ rule: rule(forecast, more), before: undefined })).stock;
        expect(stockFor(Math.min(a, b), margin)).toBeLessThanOrEqual(stockFor(Math.max(a, b), margin));
        expect(stockFor(a, margin)).toBeLessThanOrEqual(stockFor(a, margin + 1));
      }),
    );
  });
});
