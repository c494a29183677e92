import { expect, test } from 'vitest';
import { deviation } from './deviation.js';

test('the deviation is that of the marked rows alone', () => {
  // the textbook example: mean 5, squares 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, 32/8 = 4
  const values = Float64Array.of(2, 4, 4, 4, 5, 5, 7, 9, 1000);
  expect(deviation(values, Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0), 9)).toBe(2);
});

test('the deviation of no row is 0', () => {
  expect(deviation(Float64Array.of(1, 2), Uint8Array.of(0, 0), 2)).toBe(0);
});
