import { expect, test } from 'vitest';
import { formatAmount } from './amounts.js';

test.each([
  ['cpu', 500_000, '500'],
  ['cpu', 250, '250m'],
  ['cpu', 0, '0'],
  ['memory', 1.5 * 2 ** 30, '1.5Gi'],
  ['memory', 1000, '1000'],
  ['memory', 0, '0'],
  ['memory', -(2 ** 20), '-1Mi'],
  ['hugepages-2Mi', 2 ** 21, '2Mi'],
  ['example.com/tpu', 3, '3'],
  ['pods', 110, '110'],
])('%s of %d is written %s', (name, amount, text) => {
  expect(formatAmount(name, amount)).toBe(text);
});
