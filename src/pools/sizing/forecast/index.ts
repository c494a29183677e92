import type { Forecaster } from './forecaster.js';
import { holtWinters } from './holt-winters.js';
import { lastValue } from './last-value.js';
import { sameHour } from './same-hour.js';
import { smoothing } from './smoothing.js';

export type { Forecaster } from './forecaster.js';

const ofDays = (time: string) => `that the same ${time} has seen on recent days of this sort`;

/** All that compete, the simplest first: of two that do equally well, the first is taken. */
export const forecasters: readonly Forecaster[] = [
  lastValue,
  smoothing('smoothed-30m', 'the last half hour, smoothed', 6),
  smoothing('smoothed-2h', 'the last two hours, smoothed', 24),
  holtWinters(),
  sameHour({ name: 'same-hour-90', basis: `nearly all ${ofDays('half hour')}`, share: 0.9, around: 3 }),
  sameHour({ name: 'same-hour-100', basis: `the most ${ofDays('half hour')}`, share: 1, around: 3 }),
  sameHour({ name: 'same-quarter-100', basis: `the most ${ofDays('quarter of an hour')}`, share: 1, around: 1 }),
];
