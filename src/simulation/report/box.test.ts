import { expect, test } from 'vitest';
import { boxOf } from './box.js';

test('quartiles are values that occurred', () => {
  expect(boxOf([7, 1, 3, 5])).toEqual({ low: 1, lowerQuartile: 1, median: 3, upperQuartile: 5, high: 7 });
  expect(boxOf([2])).toEqual({ low: 2, lowerQuartile: 2, median: 2, upperQuartile: 2, high: 2 });
});

test('there is no box of no values, and what is no number does not count', () => {
  expect(boxOf([])).toBeUndefined();
  expect(boxOf([Number.NaN])).toBeUndefined();
  expect(boxOf([Number.NaN, 4])).toMatchObject({ low: 4, high: 4 });
});
