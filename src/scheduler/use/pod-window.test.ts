import { expect, test } from 'vitest';
import { carriedOn, PodWindow } from './pod-window.js';

const pods = (cpu: number, name = 'ns/p') => new Map([[name, { cpu }]]);

test('A pod that uses the same all the time has that as its mean, and no variance', () => {
  const window = new PodWindow(100);
  for (let at = 0; at < 1000; at += 10) window.add({ from: at, to: at + 10, pods: pods(40) });
  expect(window.use('ns/p')).toEqual({ since: 0, to: 1000, mean: { cpu: 40 }, variance: { cpu: 0 }, samples: 100 });
});

test('A pod that changes between two values has nearly their mean, and half their distance as its deviation', () => {
  const window = new PodWindow(1000);
  for (let at = 0; at < 20_000; at += 10) window.add({ from: at, to: at + 10, pods: pods(at % 20 === 0 ? 0 : 100) });
  // the stationary values of an alternating series: mean 50 ± 50·α/(2 − α), variance 2500 less a term of that order
  const use = window.use('ns/p');
  expect(use?.mean.cpu).toBeCloseTo(50, 0);
  expect(Math.sqrt(use?.variance.cpu ?? 0)).toBeCloseTo(50, 0);
});

test('What was used a window ago weighs 1/e of it', () => {
  const before = { since: 0, to: 100, mean: { cpu: 100 }, variance: { cpu: 0 }, samples: 1 };
  // α = 1 − e⁻¹, mean = 100·e⁻¹, variance = e⁻¹·(1 − e⁻¹)·100²
  expect(carriedOn(before, { cpu: 0 }, 100, 200, 100)).toMatchObject({
    mean: { cpu: expect.closeTo(36.788, 3) },
    variance: { cpu: expect.closeTo(2325.44, 2) },
  });
});

test('A pod that is not reported any more is forgotten, and one that comes back begins anew', () => {
  const window = new PodWindow(100);
  window.add({ from: 0, to: 10, pods: pods(40) });
  window.add({ from: 10, to: 20, pods: pods(1, 'ns/other') });
  expect(window.use('ns/p')).toBeUndefined();
  window.add({ from: 20, to: 30, pods: pods(90) });
  expect(window.use('ns/p')).toMatchObject({ since: 20, mean: { cpu: 90 } });
});
