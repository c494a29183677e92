import { expect, test } from 'vitest';
import { hour, minute, second } from '../../support/time.js';
import { age } from './age.js';

const day = 24 * hour;

test.each([
  [-5 * second, '<invalid>'],
  [-500, '0s'],
  [0, '0s'],
  [119 * second, '119s'],
  [2 * minute, '2m'],
  [2 * minute + 5 * second, '2m5s'],
  [10 * minute + 5 * second, '10m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 7 * minute, '3h7m'],
  [8 * hour + 7 * minute, '8h'],
  [47 * hour, '47h'],
  [2 * day + 3 * hour, '2d3h'],
  [8 * day + 3 * hour, '8d'],
  [729 * day, '729d'],
  [730 * day, '2y'],
  [731 * day, '2y1d'],
  [9 * 365 * day + day, '9y'],
])('%d ms are %s', (duration, text) => {
  expect(age(duration)).toBe(text);
});
