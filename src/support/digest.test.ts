import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sameJson } from './digest.js';

const part = fc.jsonValue({ maxDepth: 3 });
/** The same with the keys in another order, and with fields that are not there. */
const reordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return {
    absent: undefined,
    ...Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([k, v]) => [k, reordered(v)]),
    ),
  };
};

describe('sameJson', () => {
  it('says of two values what their canonical texts say', () => {
    fc.assert(
      fc.property(part, part, (a, b) => {
        expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
        expect(sameJson(a, reordered(a))).toBe(true);
      }),
    );
  });

  it.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: [1, 2] } }, { a: { b: [2, 1] } }],
    [{ a: null }, {}],
    [[], {}],
  ])('tells %j from %j', (a, b) => {
    expect(sameJson(a, b)).toBe(false);
  });
});
