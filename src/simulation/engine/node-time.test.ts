import { expect, test } from 'vitest';
import { NodeTime } from './node-time.js';

test('a node is busy while it holds at least one job', () => {
  const time = new NodeTime(2);
  // by hand: 0–4 and 2–5 overlap, 7–8 comes after a gap: 5 + 1
  time.add(0, 0, 4, 500);
  time.add(0, 2, 5, 1000);
  time.add(0, 2, 3, 100);
  time.add(0, 7, 8, 500);
  expect([...time.busy]).toEqual([6, 0]);
  expect([...time.cpuTime]).toEqual([500 * 4 + 1000 * 3 + 100 + 500, 0]);
  expect(time.end).toBe(8);
});
