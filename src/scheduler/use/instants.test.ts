import { expect, test } from 'vitest';
import { measuredAt } from './instants.js';

test.each([
  ['a little before it was read', 995_000, 995_000],
  ['a minute before it was read', 940_000, 940_000],
  ['so long before that its clock must be late', 939_999, 1_000_000],
  ['after it was read, by a clock that is early', 1_005_000, 1_000_000],
])('What a node says it measured %s counts as of the right instant', (_what, stated, instant) => {
  expect(measuredAt(stated, 1_000_000)).toBe(instant);
});
