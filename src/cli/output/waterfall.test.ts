import { expect, it } from 'vitest';
import { waterfall } from './waterfall.js';

it('shows when each stage began and how long its slowest container took', () => {
  const text = waterfall([
    { stage: 'hand-over', start: 0, count: 10, p50: 8, max: 100, failed: 0 },
    { stage: 'resize', start: 100, count: 9, p50: 60, max: 100, failed: 1 },
    { stage: 'verify', start: 200, count: 0, p50: 0, max: 0, failed: 0 },
  ]);
  const lines = text.trimEnd().split('\n');
  expect(lines[1]).toMatch(/^hand-over +\+0 ms +10 +8 ms +100 ms +passed +▇{17}$/);
  expect(lines[2]).toMatch(/^resize +\+100 ms +9 +60 ms +100 ms +1 failed {19,}▇{16}$/);
  expect(lines[3]).toMatch(/^verify +\+200 ms +0 +- +- +waiting +▇$/);
});
