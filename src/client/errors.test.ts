import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Forbidden, Unreachable } from '../cluster/errors.js';
import { CodedError } from '../support/errors.js';
import { errorCodes, PenstockError, penstockError } from './errors.js';

const where = { server: 'https://10.0.0.1', user: 'ann' };

test('what the rooms below say keeps its code, words and advice', () => {
  const below = new CodedError('POOL_NOT_FOUND', 'there is no pool webb', 'did you mean web?');
  const met = penstockError(below, where);
  expect(met).toBeInstanceOf(PenstockError);
  const { code, message, hint } = below;
  expect(met).toMatchObject({ name: 'PenstockError', code, message, hint, cause: below });
});

test.each([
  [new Forbidden('pods is forbidden'), 'FORBIDDEN'],
  [new Unreachable('no answer'), 'UNREACHABLE'],
  [new CodedError('OF_ANOTHER_ROOM', 'what'), 'API_ERROR'],
])('%s', (error, code) => expect(penstockError(error, where)).toMatchObject({ code }));

test('bugs stay as they are', () => {
  const bug = new TypeError('x is not a function');
  expect(penstockError(bug, where)).toBe(bug);
});

/** Thrown by what only the command line calls. */
const elsewhere = new Set([
  'POOL_EXISTS',
  'SIZED_FROM_DEMAND',
  'FAILED',
  ...['EXISTS', 'GONE', 'REFUSED', 'TIMED_OUT', 'CANCELLED'].map((end) => `MIGRATION_${end}`),
]);

test('every code of the rooms that the library uses is one of its own', () => {
  const folders = ['.', '../cluster/kubernetes'].map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const texts = folders.flatMap((folder) =>
    readdirSync(folder, { encoding: 'utf8', recursive: true })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  );
  const codes = texts.flatMap((text) => [...text.matchAll(/(?:code: |CodedError\(\s*(?:\w+ \? )?)'([A-Z_]{4,})'/g)]);
  const found = new Set(codes.map(([, code = '']) => code).filter((code) => !elsewhere.has(code)));
  expect(found.size).toBeGreaterThan(15);
  expect([...found].filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
});
