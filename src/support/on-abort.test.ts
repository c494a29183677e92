import { expect, test } from 'vitest';
import { onAbort } from './on-abort.js';

test('an aborted signal calls all who wait for it, except those who were disposed of', () => {
  const abort = new AbortController();
  const called: string[] = [];
  onAbort(abort.signal, () => called.push('first'));
  const second = onAbort(abort.signal, () => called.push('second'));
  onAbort(abort.signal, () => called.push('third'));
  onAbort(new AbortController().signal, () => called.push('another signal'));
  second[Symbol.dispose]();
  abort.abort();
  expect(called).toEqual(['first', 'third']);
});

test('one who waits may dispose of another while the signal tells of its end', () => {
  const abort = new AbortController();
  const called: string[] = [];
  onAbort(abort.signal, () => {
    called.push('first');
    second[Symbol.dispose]();
  });
  const second = onAbort(abort.signal, () => called.push('second'));
  abort.abort();
  expect(called).toEqual(['first']);
});
