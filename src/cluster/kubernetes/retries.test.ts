import { expect, test } from 'vitest';
import { apiError } from '../errors.js';
import { mostTries, pauseBeforeRetry } from './retries.js';
import { Disconnected } from './transport.js';

const answer = (code: number, retryAfter?: number, cause?: string) =>
  apiError(code, undefined, 'no', {
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(cause === undefined ? {} : { causes: [{ reason: cause, message: '' }] }),
  });
const cut = (sent: 'no' | 'stale' | 'yes', code = 'ECONNRESET') =>
  new Disconnected('cut', sent, Object.assign(new Error(code), { code }));
const read = { tries: 1, reads: true };
const write = { tries: 1, reads: false };

test.each([
  ['429 that names a time', answer(429, 1000), write, 1000],
  ['429 that names a very long time', answer(429, 3_600_000), write, 30_000],
  ['429 without a time', answer(429), write, undefined],
  ['429 of a disruption budget', answer(429, 10_000, 'DisruptionBudget'), write, undefined],
  ['503 that names a time', answer(503, 2000), write, 2000],
  ['503 without a time', answer(503), read, undefined],
  ['500', answer(500, 1000), read, undefined],
  ['409', answer(409), write, undefined],
  ['a read on a connection that had gone stale', cut('stale'), read, 0],
  ['a write on a connection that had gone stale', cut('stale'), write, undefined],
  ['a read whose answer was cut', cut('yes'), read, undefined],
  ['a write that was never sent', cut('no'), write, 0],
  ['nobody listens', cut('no', 'ECONNREFUSED'), write, undefined],
  ['the last try', answer(429, 1000), { ...write, tries: mostTries }, undefined],
] as const)('%s', (_, error, call, expected) => {
  expect(pauseBeforeRetry(error, call)).toBe(expected);
});
