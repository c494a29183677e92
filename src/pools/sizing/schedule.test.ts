import { describe, expect, it } from 'vitest';
import type { Autoscale } from '../../api/container-pool.js';
import { instantOf } from '../../support/time.js';
import { scheduledMin } from './schedule.js';

type Schedules = Autoscale['schedules'];

const at = (text: string, schedules: Schedules, timeZone = 'UTC') =>
  scheduledMin({ schedules, timeZone }, instantOf(text) ?? 0).min;

const office: Schedules = [{ days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'], from: '08:00', to: '18:00', min: 20 }];
const night: Schedules = [{ days: ['Fri'], from: '22:00', to: '06:00', min: 5 }];

describe('the minimum of the schedules', () => {
  // 2026-01-05 is a Monday
  it.each([
    ['before it begins', office, '2026-01-05T07:59:59Z', 0],
    ['as it begins', office, '2026-01-05T08:00:00Z', 20],
    ['as it ends', office, '2026-01-05T18:00:00Z', 0],
    ['on another day', office, '2026-01-10T12:00:00Z', 0],
    ['over midnight, on its day', night, '2026-01-09T23:00:00Z', 5],
    ['over midnight, on the day after', night, '2026-01-10T05:59:00Z', 5],
    ['over midnight, the day before', night, '2026-01-09T05:00:00Z', 0],
    ['without days', [{ from: '00:00', to: '24:00', min: 3 }], '2026-01-11T23:59:00Z', 3],
    ['the largest of several', [...office, { from: '09:00', to: '10:00', min: 50 }], '2026-01-05T09:30:00Z', 50],
  ] as const)('%s', (_, schedules, time, min) => expect(at(time, schedules)).toBe(min));

  it('goes by the walls of its zone, in summer and in winter', () => {
    expect(at('2026-01-05T07:00:00Z', office, 'Europe/Berlin')).toBe(20);
    expect(at('2026-07-06T06:00:00Z', office, 'Europe/Berlin')).toBe(20);
    expect(at('2026-01-05T06:59:00Z', office, 'Europe/Berlin')).toBe(0);
  });

  it('holds never in a zone that does not exist, and says so', () => {
    const { min, why } = scheduledMin(
      { schedules: office, timeZone: 'Mars/Base' },
      instantOf('2026-01-05T09:00:00Z') ?? 0,
    );
    expect([min, why]).toEqual([0, expect.stringContaining('no time zone Mars/Base')]);
  });
});
