import { expect, test } from 'vitest';
import { intervalEnergy, linearPower, measuredWatts, type PowerModel, tabulatedPower } from './power-model.js';

// 35 % of the G5 lies halfway between 105 and 110 W; the rest are ends and what lies beyond them
test.each<[string, PowerModel, readonly (readonly [number, number])[]]>([
  [
    'the table of the G5',
    tabulatedPower(measuredWatts.g5),
    [
      [0, 93.7],
      [0.3, 105],
      [0.35, 107.5],
      [1, 135],
      [1.5, 135],
    ],
  ],
  [
    'the table of the G4',
    tabulatedPower(measuredWatts.g4),
    [
      [-1, 86],
      [0.5, 102],
      [0.95, 115.5],
      [1, 117],
    ],
  ],
  [
    'a line',
    linearPower(100, 200),
    [
      [0, 100],
      [0.25, 125],
      [2, 200],
    ],
  ],
])('the power by %s', (_name, power, points) => {
  for (const [utilization, watts] of points) expect(power(utilization)).toBeCloseTo(watts, 9);
});

// CloudSim: (P(previous) + P(now))/2 · dt
test('the energy of an interval is the mean of both powers over its length', () => {
  expect(intervalEnergy(100, 200, 300)).toBe(45_000);
});
