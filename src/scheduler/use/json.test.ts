import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseObject } from './json.js';

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('A text that comes from outside', () => {
  test.each([
    ['an object', '{"a":[1]}', { a: [1] }],
    ['an object with brackets in its texts', `{"a":"${'['.repeat(500)}\\"${'{'.repeat(500)}"}`, expect.anything()],
    ['an object that is as deep as documents are', nested(16), expect.anything()],
    ['none when it is deeper', nested(17), undefined],
    ['an object with as many parts as documents have', `{"a":[${'0,'.repeat(199_998)}0]}`, expect.anything()],
    ['none when it has more', `{"a":[${'0,'.repeat(199_999)}0]}`, undefined],
    ['none when it is a list', '[{}]', undefined],
    ['none when it is null', 'null', undefined],
    ['none when it breaks off', '{"a":', undefined],
    ['none when it is nothing', '', undefined],
    ['none when a text in it does not end', '{"a":"\\', undefined],
  ])('is %s', (_what, text, expected) => {
    expect(parseObject(text)).toEqual(expected);
  });

  test('is the object that was written, whatever that was', () => {
    const objects = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 6 }), { noNullPrototype: true });
    fc.assert(
      fc.property(objects, (object) => {
        const text = JSON.stringify(object);
        expect(parseObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });
});
