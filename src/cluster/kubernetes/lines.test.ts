import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter } from './lines.js';

test('however the bytes are cut into packets, the lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.integer({ min: 1, max: 7 })), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ' ')).filter((text) => text !== '');
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const splitter = new LineSplitter();
      const got: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        got.push(...splitter.push(bytes.subarray(at, at + cut)));
        at += cut;
      }
      expect(got).toEqual(lines);
      expect(splitter.unfinished).toBe(false);
    }),
  );
});

test('a line without its end is not a line', () => {
  const splitter = new LineSplitter();
  expect([...splitter.push(Buffer.from('{"type":'))]).toEqual([]);
  expect(splitter.unfinished).toBe(true);
});

test('a line without end is refused instead of kept', () => {
  const splitter = new LineSplitter();
  const chunk = Buffer.alloc(2 ** 20, 'x');
  expect(() => {
    for (let i = 0; i < 20; i++) Array.from(splitter.push(chunk));
  }).toThrow('a watch event of more than');
});
