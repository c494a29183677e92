import { describe, expect, it } from 'vitest';
import { aClaim } from '../../test/objects.js';
import { whoseTurn } from './turn.js';

const claim = (name: string, count: number, second: number, minAvailable?: number) => {
  const made = aClaim({ count, ...(minAvailable === undefined ? {} : { minAvailable }) }, name);
  return { ...made, metadata: { ...made.metadata, creationTimestamp: `2026-01-01T00:00:0${second}Z` } };
};

describe('whoseTurn', () => {
  it('wakes the oldest first, as far as the stock goes', () => {
    expect(whoseTurn([claim('c', 2, 3), claim('a', 2, 1), claim('b', 2, 2)], 3)).toEqual(['default/a']);
    expect(whoseTurn([claim('c', 2, 3), claim('a', 2, 1), claim('b', 2, 2)], 4)).toEqual(['default/a', 'default/b']);
  });

  it('passes over what the stock cannot serve', () => {
    expect(whoseTurn([claim('large', 9, 1), claim('small', 1, 2)], 3)).toEqual(['default/small']);
  });

  it('wakes a best-effort claim for any container', () => {
    expect(whoseTurn([claim('any', 9, 1, 0)], 1)).toEqual(['default/any']);
  });

  it('wakes nobody for nothing', () => {
    expect(whoseTurn([claim('any', 9, 1, 0)], 0)).toEqual([]);
  });
});
