import { expect, test } from 'vitest';
import { ConfigMap, type Pod } from '../../api/kubernetes.js';
import { Expired, Forbidden, Invalid, ServiceUnavailable, TooManyRequests } from '../errors.js';
import { errorOfAnswer, eventOf, pageOf, parseBody, stillTerminating } from './answers.js';

test('a Status becomes an error of its reason, with its causes', () => {
  const error = errorOfAnswer(
    422,
    JSON.stringify({
      kind: 'Status',
      code: 422,
      reason: 'Invalid',
      message: 'Pod "a" is invalid',
      details: { causes: [{ reason: 'FieldValueForbidden', message: 'may not change', field: 'spec' }] },
    }),
  );
  expect(error).toBeInstanceOf(Invalid);
  expect(error).toMatchObject({
    message: 'Pod "a" is invalid',
    outcome: 'refused',
    causes: [{ reason: 'FieldValueForbidden', message: 'may not change', field: 'spec' }],
  });
});

test('what a proxy says in prose becomes an error of its status', () => {
  expect(errorOfAnswer(503, '<html>try later</html>', '7')).toMatchObject({
    constructor: ServiceUnavailable,
    message: '<html>try later</html>',
    retryAfter: 7000,
    outcome: 'unknown',
  });
  expect(errorOfAnswer(403, '').message).toBe('the server answered 403 without a word');
  expect(errorOfAnswer(403, 'no')).toBeInstanceOf(Forbidden);
});

test('a date as Retry-After is no number of seconds', () => {
  expect(errorOfAnswer(429, '', 'Wed, 21 Oct 2026 07:28:00 GMT')).toMatchObject({
    constructor: TooManyRequests,
    retryAfter: undefined,
  });
});

test('items of a list get the envelope that the server leaves out', () => {
  const body = {
    metadata: { resourceVersion: '7', continue: '', remainingItemCount: 2 },
    items: [{ data: { a: 'b' } }],
  };
  expect(pageOf(ConfigMap, JSON.stringify(body))).toEqual({
    items: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } }],
    resourceVersion: '7',
    remaining: 2,
  });
  expect(pageOf(ConfigMap, '{"metadata":{"resourceVersion":"7"},"items":null}').items).toEqual([]);
});

test('an answer that is no JSON says what it is', () => {
  expect(() => parseBody('<html>welcome</html>')).toThrow('the answer is not JSON: <html>welcome</html>');
});

test('events of a watch', () => {
  const object = { metadata: { resourceVersion: '9' } };
  expect(eventOf(JSON.stringify({ type: 'ADDED', object }))).toEqual({ type: 'ADDED', object });
  expect(eventOf(JSON.stringify({ type: 'BOOKMARK', object }))).toEqual({ type: 'BOOKMARK', resourceVersion: '9' });
  expect(() =>
    eventOf(JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Gone', message: 'old' } })),
  ).toThrow(Expired);
  expect(() => eventOf('{"type":"NEWS","object":{}}')).toThrow('NEWS');
});

test.each([
  ['waits for its grace', { deletionTimestamp: 'then', deletionGracePeriodSeconds: 30 }, true],
  ['waits for a finalizer', { deletionTimestamp: 'then', deletionGracePeriodSeconds: 0, finalizers: ['a/b'] }, true],
  ['is gone', { deletionTimestamp: 'then', deletionGracePeriodSeconds: 0 }, false],
  ['is given back as it was', {}, false],
])('a deleted object %s', (_, metadata, expected) => {
  expect(stillTerminating({ metadata } as unknown as Pod)).toBe(expected);
});
