import { expect, test } from 'vitest';
import { clearAny, countLast, markFrequent, recordOver } from './samples.js';

const capacity = Float64Array.of(100, 100, 0, 100);

/** Use of four rows, one sample after the other. */
function historyOf(...samples: readonly (readonly number[])[]): Int32Array {
  const history = new Int32Array(4);
  for (const use of samples) recordOver(Float64Array.from(use), capacity, 0.9, Uint8Array.of(1, 1, 1, 1), 4, history);
  return history;
}

test('a sample is over when more than the share is used, of a resource that the node has and that was measured', () => {
  expect([...historyOf([91, 90, 5, Number.NaN])]).toEqual([1, 0, 0, 0]);
});

test('rows without a new sample keep their history', () => {
  const history = Int32Array.of(1, 1, 0, 0);
  recordOver(Float64Array.of(95, 95, 0, 0), capacity, 0.9, Uint8Array.of(1, 0, 0, 0), 4, history);
  expect([...history]).toEqual([0b11, 1, 0, 0]);
});

test.each([
  { history: 0b10110, samples: 3, count: 2 },
  { history: 0b10110, samples: 5, count: 3 },
  { history: -1, samples: 30, count: 30 },
])('of the last $samples samples of $history $count are yes', ({ history, samples, count }) => {
  expect(countLast(history, samples)).toBe(count);
});

test('a row is frequent when the last sample is yes and enough of those before it are', () => {
  const marked = new Uint8Array(4);
  markFrequent(Int32Array.of(0b111, 0b110, 0b001, 0b101), { samples: 3, atLeast: 2 }, 4, marked);
  expect([...marked]).toEqual([1, 0, 0, 1]);
});

test('a row with a yes among the last samples loses its mark', () => {
  const marked = Uint8Array.of(1, 1, 1, 1);
  clearAny(Int32Array.of(0, 0b100, 0b1000, 1), 3, 4, marked);
  expect([...marked]).toEqual([1, 0, 1, 0]);
});
