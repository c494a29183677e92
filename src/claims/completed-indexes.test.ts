import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatIndexes, parseIndexes } from './completed-indexes.js';

it("writes numbers as a Job's completedIndexes", () => {
  expect(formatIndexes([])).toBeUndefined();
  expect(formatIndexes([5, 0, 2, 1])).toBe('0-2,5');
  expect(formatIndexes([7, 7, 9])).toBe('7,9');
});

it('reads what it has written', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(9_999), { maxLength: 200 }), (indexes) => {
      expect(parseIndexes(formatIndexes(indexes))).toEqual(new Set(indexes));
    }),
  );
});

it('reads nothing from what is no such text, and never more than a claim can have', () => {
  expect(parseIndexes(undefined).size).toBe(0);
  expect(parseIndexes('none,-,x-y,3-1').size).toBe(0);
  expect(parseIndexes('0-99999999999').size).toBe(10_000);
});
