import { expect, test } from 'vitest';
import { type ClaimRequest, draftOf } from './request.js';

const spec = (request: Omit<ClaimRequest, 'pool'>) => draftOf({ pool: 'web', ...request }, 'team', 'c').spec;

test('a request becomes a claim of its name and namespace', () => {
  expect(
    draftOf({ name: 'asked', pool: 'web', items: [{ count: 2 }], labels: { branch: 'main' } }, 'team', 'given'),
  ).toEqual({
    metadata: { namespace: 'team', name: 'given', labels: { branch: 'main' } },
    spec: { pool: { name: 'web' }, items: [{ count: 2 }], whenEmpty: 'Wait' },
  });
});

test('what is said of the whole claim goes along', () => {
  const limits = { minAvailable: 1, deadline: '30s', lifetime: '1h', tenant: 'blue', whenEmpty: 'Cold' } as const;
  expect(spec({ items: [], ...limits })).toEqual({ pool: { name: 'web' }, items: [], ...limits });
});

const bytes = Uint8Array.of(0, 255);
test.each([
  [
    { env: { A: '1', B: '' } },
    {
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '' },
      ],
    },
  ],
  [{ env: { A: bytes } }, { env: [{ name: 'A', valueBase64: 'AP8=' }] }],
  [{ files: { f: 'text' } }, { files: [{ name: 'f', content: 'text' }] }],
  [{ files: { f: bytes } }, { files: [{ name: 'f', contentBase64: 'AP8=' }] }],
  [{ files: { f: { content: '#!', mode: '0755' } } }, { files: [{ name: 'f', content: '#!', mode: '0755' }] }],
  [{ files: { f: { content: bytes, mode: '0600' } } }, { files: [{ name: 'f', contentBase64: 'AP8=', mode: '0600' }] }],
  [{ secret: 'login' }, { secret: { name: 'login' } }],
  [
    { name: 'a', resources: { limits: { cpu: '2' } }, labels: { l: '1' }, annotations: { a: '2' } },
    { name: 'a', resources: { limits: { cpu: '2' } }, labels: { l: '1' }, annotations: { a: '2' } },
  ],
])('item %j', (item, written) => {
  expect(spec({ items: [{ count: 1, ...item }] }).items).toEqual([{ count: 1, ...written }]);
});

test('what is no field is kept, so that it is refused by its name', () => {
  const misspelt = { pool: 'web', items: [{ count: 1, enviroment: {} }], minAvailble: 1 };
  expect(draftOf(misspelt, 'team', 'c').spec).toMatchObject({ items: [{ enviroment: {} }], minAvailble: 1 });
});
