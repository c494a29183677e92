import { describe, expect, it } from 'vitest';
import { day, period } from '../history.js';
import type { Forecaster } from './forecaster.js';
import { holtWinters } from './holt-winters.js';
import { forecasters } from './index.js';
import { lastValue } from './last-value.js';
import { isWeekend, sameHour } from './same-hour.js';
import { smoothing } from './smoothing.js';

const perDay = day / period;
/** 2026-01-05, a Monday, 00:00 UTC. */
const monday = Date.UTC(2026, 0, 5) / period;

const run = (forecaster: Forecaster, peaks: readonly number[], from = 0, first = monday) => [
  ...forecaster.forecast(Float64Array.from(peaks), first, from),
];

describe('last value', () => {
  it('says what was', () => expect(run(lastValue, [3, 1, 4])).toEqual([0, 3, 1, 4]));
});

describe('smoothing', () => {
  // half-life 1: α = 1/2
  const halved = smoothing('halved', 'a test', 1);
  it('weighs the new and the old alike at a half-life of one', () =>
    // 8; 8 + (8 − 8)/2; 8 + (0 − 8)/2; 4 + (2 − 4)/2
    expect(run(halved, [8, 0, 2])).toEqual([8, 8, 4, 3]));
  it('has forgotten half of a jump after its half-life', () => {
    const [, , , , after] = run(smoothing('slow', 'a test', 4), [0, 10, 10, 10]);
    // three of four steps: 10·(1 − 2^(−3/4))
    expect(after).toBeCloseTo(10 * (1 - 2 ** -0.75), 10);
  });
});

describe('Holt–Winters', () => {
  it('corrects level, trend and both seasons by its error', () => {
    const gains = { level: 0.5, trend: 0.25, damping: 0.5, day: 0.1, week: 0.2 };
    const forecasts = run(holtWinters(gains), [4, 8, 8]);
    // f0 = 4, e = 0. f1 = 4, e = 4: level 6, trend 1, day 0.4, week 0.8. f2 = 6 + 0.5 + 0.4 + 0.8 = 7.7, e = 0.3: level
    // 6.65, trend 0.575, day 0.43, week 0.86. f3 = 6.65 + 0.2875 + 0.43 + 0.86
    [4, 4, 7.7, 8.2275].forEach((expected, p) => expect(forecasts[p]).toBeCloseTo(expected, 10));
  });

  it('learns a day', () => {
    const busy = (p: number) => (Math.floor(p / 12) % 24 === 9 ? 30 : 2);
    const peaks = Array.from({ length: 14 * perDay }, (_, p) => busy(p));
    const forecasts = run(holtWinters(), peaks, 13 * perDay);
    // what it says of the first period of the busy hour, and of the hour before
    expect(forecasts[9 * 12]).toBeGreaterThan(22);
    expect(forecasts[8 * 12 + 6]).toBeLessThan(6);
  });

  it('foretells nothing below 0', () => {
    const peaks = Array.from({ length: 500 }, (_, p) => (p < 250 ? 20 : 0));
    expect(Math.min(...run(holtWinters(), peaks))).toBeGreaterThanOrEqual(0);
  });
});

describe('the same hour', () => {
  const around = (periods: number, share: number) =>
    sameHour({ name: 'tried', basis: 'a test', share, around: periods });

  it('knows workdays from weekends', () => {
    const first = monday / perDay;
    expect([0, 1, 2, 3, 4, 5, 6].map((i) => isWeekend(first + i))).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      true,
    ]);
  });

  it('takes the order statistic of seven periods on up to five days of the sort', () => {
    const peaks = Array.from({ length: 7 * perDay }, () => 1);
    const nine = 9 * 12;
    // Monday to Friday at nine: 10, 20, 30, 40, 50; at the weekend 90
    [10, 20, 30, 40, 50, 90, 90].forEach((peak, i) => (peaks[i * perDay + nine] = peak));
    // the next Monday at nine sees 35 values: five that stand out, and thirty of 1
    const said = (share: number) =>
      run(around(3, share), [...peaks, ...Array.from({ length: nine }, () => 1)], 7 * perDay + nine)[0];
    expect(said(1)).toBe(50);
    expect(said(0.9)).toBe(20); // rank 32 of 35: the second of the five
    expect(said(0.5)).toBe(1);
    // nobody looks as far as two periods away
    const later = [...peaks, ...Array.from({ length: nine + 2 }, () => 1)];
    expect(run(around(1, 1), later, 7 * perDay + nine + 2)[0]).toBe(1);
    expect(run(around(2, 1), later, 7 * perDay + nine + 2)[0]).toBe(50);
  });

  it('says what was last where it knows no such day', () => {
    expect(run(around(3, 0.9), [3, 1, 4], 3)).toEqual([4]);
  });
});

it.each(forecasters)('$name: uses only what was before, and is the same for any beginning', (forecaster) => {
  const peaks = Array.from({ length: 3 * perDay }, (_, p) => (p * 7919) % 23);
  const all = run(forecaster, peaks);
  const later = run(forecaster, peaks, 2 * perDay);
  expect(later).toEqual(all.slice(2 * perDay));
  const changed = run(forecaster, [...peaks.slice(0, -1), 1000]);
  expect(changed.slice(0, -1)).toEqual(all.slice(0, -1));
});
