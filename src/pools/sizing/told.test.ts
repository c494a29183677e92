import { describe, expect, it } from 'vitest';
import { minute, second, timestamp } from '../../support/time.js';
import type { Size } from './size.js';
import { sizingStatus } from './told.js';

const now = Date.UTC(2026, 0, 12, 9);
const before = timestamp(now - 90 * minute);

const size = (stock: number, forecaster: string): Size => ({
  stock,
  message: `${stock} by ${forecaster}`,
  short: false,
  forecast: 2,
  forecaster,
  wakeAt: now + minute,
});

const said = { stock: 3, message: 'as it was', changedAt: before, leadTime: '40s', forecast: 2, forecaster: 'a' };

describe('the status of a size', () => {
  it.each([
    ['the same size by the same forecaster', size(3, 'a'), { ...said, leadTime: '41s' }],
    ['another size', size(4, 'a'), { stock: 4, message: '4 by a', changedAt: timestamp(now), forecaster: 'a' }],
    ['the same size by another one', size(3, 'b'), { stock: 3, message: '3 by b', changedAt: before, forecaster: 'b' }],
  ])('%s', (_, next, status) => expect(sizingStatus(said, next, 41 * second, now)).toMatchObject(status));

  // a merge patch of the status would leave what a later size does not name
  it('has all its fields from the beginning', () => {
    expect(Object.keys(sizingStatus(undefined, size(0, 'a'), minute, now))).toEqual(
      Object.keys(sizingStatus(said, size(1, 'b'), minute, now)),
    );
  });
});
