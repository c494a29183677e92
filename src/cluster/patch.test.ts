import { expect, it } from 'vitest';
import { statusPatch } from './patch.js';

it('a status patch names what goes, also within a field, as a merge would leave it alone', () => {
  const before = { a: 1, gone: 2, within: { kept: 1, gone: 2, list: [1, 2] } };
  const after = { a: 1, within: { kept: 1, list: [2] }, fresh: { b: 1 } };
  expect(statusPatch({ metadata: { resourceVersion: '7' }, status: before }, after)).toEqual({
    type: 'merge',
    body: {
      metadata: { resourceVersion: '7' },
      status: { a: 1, gone: null, within: { kept: 1, gone: null, list: [2] }, fresh: { b: 1 } },
    },
  });
});
