import { expect, test } from 'vitest';
import type { Refusal } from './filter.js';
import { fitMessage } from './fit-message.js';

const refusal = (...reasons: string[]): Refusal => ({ filter: 'F', reasons, unresolvable: false, remedy: '' });

test('The message of a pod that fits nowhere counts the nodes by reason, sorted as text', () => {
  const refusals = [
    refusal('Insufficient cpu', 'Insufficient memory'),
    refusal('Insufficient cpu'),
    ...Array.from({ length: 10 }, () => refusal('node(s) had untolerated taint(s)')),
  ];
  expect(fitMessage(refusals)).toBe(
    '0/12 nodes are available: 1 Insufficient memory, 10 node(s) had untolerated taint(s), 2 Insufficient cpu.',
  );
});

test('The message says only why no node was asked, where that is so', () => {
  const why = 'persistentvolumeclaim "data" not found';
  expect(fitMessage([refusal(why), refusal(why)], why)).toBe(`0/2 nodes are available: ${why}.`);
});
