import { expect, it } from 'vitest';
import { milliValue, parseQuantity, sameQuantity } from './quantity.js';

it.each([
  ['1', 1],
  ['1.', 1],
  ['.5', 0.5],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['+100m', 0.1],
  ['-2k', -2000],
  ['1e3', 1000],
  ['5E-2', 0.05],
  ['0e99', 0],
  ['1E', 1e18],
  [0.05, 0.05],
  [1e21, 1e21],
])('reads %j', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 12);
});

it.each(['', '.', '1 core', '1Kib', '1e', '0x10', '1e1000000000', `0.${'0'.repeat(31)}`, '1'.repeat(400_000)])(
  'takes %j for none, and counts it as nothing',
  (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(milliValue(text)).toBe(0);
  },
);

it('compares amounts, not texts', () => {
  expect(sameQuantity('1024Mi', '1Gi')).toBe(true);
  expect(sameQuantity(0.5, '500m')).toBe(true);
  expect(sameQuantity('1', undefined)).toBe(false);
});
