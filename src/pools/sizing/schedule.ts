/** Which minimum the schedules ask for at an instant. */
import type { Weekday } from '../../api/autoscale.js';
import type { Autoscale } from '../../api/container-pool.js';
import { type Instant, wallTime } from '../../support/time.js';

const weekdays: readonly Weekday[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const minutesPerDay = 24 * 60;

type Schedule = Autoscale['schedules'][number];

export interface Scheduled {
  readonly min: number;
  /** Why, to follow `at least 10`; empty where no schedule holds. */
  readonly why: string;
}

/** The largest minimum of those that hold now. Times are those on the walls of the zone, also when its clocks change. */
export function scheduledMin(
  { schedules, timeZone }: Pick<Autoscale, 'schedules' | 'timeZone'>,
  now: Instant,
): Scheduled {
  if (schedules.length === 0) return { min: 0, why: '' };
  const wall = wallTime(now, timeZone);
  if (!wall) return { min: 0, why: `no schedule holds, as there is no time zone ${timeZone}` };
  const holding = schedules.filter((schedule) => holds(schedule, wall.weekday, wall.minutes));
  const [most] = [...holding].sort((a, b) => b.min - a.min);
  return most
    ? { min: most.min, why: `${most.from} to ${most.to} (${timeZone}) asks for ${most.min}` }
    : { min: 0, why: '' };
}

function holds({ days, from, to }: Schedule, weekday: number, minutes: number): boolean {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const onDay = (day: number) => !days || days.some((name) => weekdays.indexOf(name) === (day + 7) % 7);
  if (begin < end) return onDay(weekday) && minutes >= begin && minutes < end;
  return (onDay(weekday) && minutes >= begin) || (onDay(weekday - 1) && minutes < end);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return Math.min(minutesPerDay, 60 * hours + minutes);
}
