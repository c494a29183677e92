import { describe, expect, test } from 'vitest';
import { hour, minute, second } from '../../../support/time.js';
import { Drops, DropsPredictive, DropsReactive, IntelligentPooling, poissonQuantile } from './published-rules.js';

const monday = Date.UTC(2026, 0, 5);
const day = 24 * hour;

describe('published rules of sizing', () => {
  test('the quantile of a Poisson distribution is the smallest number that is not exceeded with the probability', () => {
    // P(X ≤ 1) = 2/e = 0.736, P(X ≤ 2) = 0.920, P(X ≤ 3) = 0.981, P(X ≤ 4) = 0.996
    expect([0.5, 0.9, 0.95, 0.99].map((share) => poissonQuantile(1, share))).toEqual([1, 2, 3, 4]);
    expect(poissonQuantile(0, 0.99)).toBe(0);
    expect(poissonQuantile(2000, 0.99)).toBeGreaterThan(2000);
  });

  test('the reactive rule grows by a third and more with each miss, gives one up each second, and keeps fifteen', () => {
    const rule = new DropsReactive();
    expect(rule.stockAt(monday)).toBe(15);
    rule.missed(monday);
    expect(rule.stockAt(monday)).toBe(21);
    expect(rule.stockAt(monday + 2 * second)).toBe(19);
    expect(rule.stockAt(monday + minute)).toBe(15);
    for (let miss = 0; miss < 1000; miss++) rule.missed(monday + minute);
    expect(rule.stockAt(monday + minute)).toBe(4500);
  });

  test('the predictive rule expects as much as in the same hour a week before', () => {
    const rule = new DropsPredictive(minute, 0.99);
    expect(rule.stockAt(monday)).toBe(1);
    for (let n = 0; n < 60; n++) rule.asked(monday + n * minute);
    // one a minute, as in the hour before
    expect(rule.stockAt(monday + hour)).toBe(4);
    expect(rule.stockAt(monday + 2 * hour)).toBe(1);
    expect(rule.stockAt(monday + 7 * day)).toBe(4);
  });

  test('DROPS keeps the percentile of what came within a lead time over the week before', () => {
    const rule = new Drops(minute, 0.5);
    expect(rule.stockAt(monday)).toBe(15);
    // five at once, ten times
    for (let n = 0; n < 10; n++) for (let one = 0; one < 5; one++) rule.asked(monday + n * hour);
    expect(rule.stockAt(monday + day)).toBe(3);
    expect(rule.stockAt(monday + 9 * day)).toBe(1);
  });

  test('the rule of Intelligent Pooling keeps the most that came in a period around the same time the day before', () => {
    const rule = new IntelligentPooling(minute);
    for (let one = 0; one < 7; one++) rule.asked(monday + 30 * minute);
    expect(rule.stockAt(monday + day)).toBe(7);
    expect(rule.stockAt(monday + day + 2 * hour)).toBe(1);
  });
});
