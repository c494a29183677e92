import { describe, expect, it } from 'vitest';
import { hostileTexts } from './hostile-texts.js';
import { expressionsIn, expressionsOf } from './sources.js';
import { isLinearOn } from './work.js';

/** The first of its hostile texts that a pattern is not done with. */
function tooMuch(pattern: RegExp): string | undefined {
  for (const text of hostileTexts(pattern))
    if (!isLinearOn(text, pattern)) return `${text.slice(0, 40)}…${text.slice(-9)}`;
  return undefined;
}

const expressions = await expressionsOf('src');

it('finds the regular expressions of the sources, and can read each', () => {
  expect(expressions.filter(({ pattern }) => pattern === undefined)).toEqual([]);
  expect(expressions.length).toBeGreaterThan(50);
  const text = "const a = 'x+'; const b = new RegExp(`^${a}$`, 'g'); const c = /y/i; RegExp(c.source);";
  expect(expressionsIn('f.ts', text)).toEqual([
    { place: 'f.ts:1', pattern: /^x+$/g, constant: 'b' },
    { place: 'f.ts:1', pattern: /y/i },
    { place: 'f.ts:1', pattern: undefined },
  ]);
});

describe('a regular expression takes work in proportion to the length of its text', () => {
  it.each([
    ['a quantity', /^([0-9]+\.?[0-9]*|\.[0-9]+)(n|u|m)?$/],
    ['what is cut off at an end', /\/+$/],
    ['a look ahead', /[@:](?!.*\/)/],
    ['lines made one', /\s*[\r\n]+\s*/],
    ['a list', /^([a-z]+,?)*$/],
  ])('and this is not so of %s that backtracks', (_what, pattern) => {
    expect(tooMuch(pattern)).toBeDefined();
  });

  it.each(expressions.flatMap(({ place, pattern }) => (pattern ? [{ place, pattern }] : [])))(
    '$pattern of $place',
    ({ pattern }) => expect(tooMuch(pattern)).toBeUndefined(),
  );
});
