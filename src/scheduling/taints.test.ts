import { expect, test } from 'vitest';
import { type Toleration, tolerates, untolerated } from './taints.js';

const taint = { key: 'gpu', value: '8', effect: 'NoSchedule' };

test.each<[string, Toleration, boolean]>([
  ['its key, value and effect', { key: 'gpu', operator: 'Equal', value: '8', effect: 'NoSchedule' }, true],
  ['its key and value, without an operator', { key: 'gpu', value: '8' }, true],
  ['another value', { key: 'gpu', value: '4' }, false],
  ['another effect', { key: 'gpu', value: '8', effect: 'NoExecute' }, false],
  ['its key, whatever the value', { key: 'gpu', operator: 'Exists' }, true],
  ['every key', { operator: 'Exists' }, true],
  // alpha in 1.37, and off: TaintTolerationComparisonOperators
  ['greater values, which no cluster compares by default', { key: 'gpu', operator: 'Gt', value: '8' }, false],
  ['smaller values, likewise', { key: 'gpu', operator: 'Lt', value: '9' }, false],
])('A toleration of %s', (_what, toleration, expected) => {
  expect(tolerates([toleration], taint)).toBe(expected);
});

test('A taint that says PreferNoSchedule keeps no pod away', () => {
  const soft = { key: 'slow', effect: 'PreferNoSchedule' };
  expect(untolerated([], { spec: { taints: [soft, taint] } })).toEqual(taint);
  expect(untolerated([], { spec: { taints: [soft] } })).toBeUndefined();
});
