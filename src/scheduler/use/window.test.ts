import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UseSample } from './use-source.js';
import { SampleWindow, windowUse } from './window.js';

const sample = (from: number, to: number, cpu: number, more: Partial<UseSample> = {}): UseSample => ({
  node: 'a',
  from,
  to,
  use: { cpu },
  ...more,
});

const limits = { window: 100, maxAge: 30, samples: 10 };

function filled(samples: readonly UseSample[], given = limits): SampleWindow {
  const window = new SampleWindow(given);
  for (const one of samples) window.add(one);
  return window;
}

describe('The use over a window', () => {
  // by hand: mean = Σ w·x / Σ w, variance = Σ w·(x − mean)² / Σ w
  test.each<[string, readonly UseSample[], object]>([
    ['of one sample is that sample', [sample(0, 10, 5)], { from: 0, to: 10, mean: 5, variance: 0, p95: 5 }],
    [
      'is weighted by how long a sample speaks',
      [sample(0, 10, 100), sample(10, 40, 200)],
      { from: 0, to: 40, mean: 175, variance: 1875, p95: 200 },
    ],
    [
      'counts what samples overlap in once, as the earlier one has it',
      [sample(0, 20, 100), sample(10, 30, 400)],
      { from: 0, to: 30, mean: 200, variance: 20_000, p95: 400 },
    ],
    [
      'does not count what lies between samples',
      [sample(0, 10, 100), sample(80, 90, 300)],
      { from: 0, to: 90, mean: 200, variance: 10_000, p95: 300 },
    ],
    [
      'takes of a sample that began before the window what lies in it',
      [sample(-100, 20, 100), sample(20, 110, 200)],
      { from: 10, to: 110, mean: 190, variance: 900, p95: 200 },
    ],
    [
      'forgets samples that ended before it',
      [sample(-50, 5, 9000), sample(5, 110, 200)],
      { from: 10, to: 110, mean: 200, variance: 0, p95: 200 },
    ],
    [
      'has the value that was not exceeded for 95 % of the time',
      [sample(0, 94, 10), sample(94, 96, 20), sample(96, 100, 90)],
      { from: 0, to: 100, mean: 13.4, p95: 20 },
    ],
  ])('%s', (_what, samples, { ...expected }) => {
    const use = filled(samples).use();
    expect({
      from: use?.from,
      to: use?.to,
      mean: use?.mean.cpu,
      variance: use?.variance.cpu,
      p95: use?.p95.cpu,
    }).toMatchObject(expected);
  });

  test('leaves out a resource of which nothing was heard for too long', () => {
    const window = filled([sample(0, 10, 5, { use: { cpu: 5, disk: 7 } }), sample(10, 30, 5)]);
    expect(window.use()?.mean).toEqual({ cpu: 5, disk: 7 });
    window.add(sample(30, 40, 5));
    expect(window.use()?.mean).toEqual({ cpu: 5 });
  });

  test('has the mean of the pressure where there is some', () => {
    const window = filled([
      sample(0, 10, 5, { pressure: { cpu: 0.1 } }),
      sample(10, 40, 5, { pressure: { cpu: 0.3, io: 1 } }),
    ]);
    expect(window.use()?.pressure).toEqual({ cpu: expect.closeTo(0.25, 12), io: 1 });
  });
});

test.each([
  ['ends when the last one did', sample(0, 10, 1)],
  ['ends before', sample(0, 5, 1)],
  ['ends before it begins', sample(30, 20, 1)],
  ['has no length', sample(20, 20, 1)],
  ['has no end', sample(10, Number.NaN, 1)],
])('A sample that %s is not taken', (_what, given) => {
  const window = filled([sample(0, 10, 5)]);
  expect(window.add(given)).toBe(false);
  expect(window.use()?.mean).toEqual({ cpu: 5 });
});

test('A window keeps no more samples than it may', () => {
  const window = filled(
    Array.from({ length: 1000 }, (_, n) => sample(n / 100, (n + 1) / 100, n)),
    { ...limits, samples: 4 },
  );
  expect(window.use()).toMatchObject({ from: expect.closeTo(9.96, 9), mean: { cpu: expect.closeTo(997.5, 9) } });
});

test('The statistics of any samples are those of the instants that they cover', () => {
  const spans = fc.array(fc.record({ gap: fc.nat(3), length: fc.integer({ min: 1, max: 9 }), value: fc.nat(50) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(spans, fc.nat(20), (given, start) => {
      const samples: UseSample[] = [];
      const instants: number[] = [];
      let at = 0;
      for (const { gap, length, value } of given) {
        const from = at + gap;
        at = from + length;
        samples.push(sample(from, at, value));
        for (let instant = from; instant < at; instant++) if (instant >= start) instants.push(value);
      }
      fc.pre(instants.length > 0);
      const mean = instants.reduce((total, value) => total + value, 0) / instants.length;
      const variance = instants.reduce((total, value) => total + (value - mean) ** 2, 0) / instants.length;
      const p95 = instants.toSorted((a, b) => a - b)[Math.ceil(instants.length * 0.95 - 1e-9) - 1];
      const use = windowUse(samples, start, Number.NEGATIVE_INFINITY);
      expect(use?.mean.cpu).toBeCloseTo(mean, 9);
      expect(use?.variance.cpu).toBeCloseTo(variance, 8);
      expect(use?.p95.cpu).toBe(p95);
    }),
  );
});
