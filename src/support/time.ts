/** Milliseconds since the Unix epoch. */
export type Instant = number;
/** Milliseconds. */
export type Duration = number;

export const second: Duration = 1000;
export const minute: Duration = 60 * second;
export const hour: Duration = 60 * minute;

/** A `metav1.Time`: RFC 3339 in UTC, whole seconds, as Kubernetes writes it. */
export function timestamp(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

/** A `metav1.MicroTime`, as Leases and Events carry it. */
export function microTimestamp(instant: Instant): string {
  return `${new Date(instant).toISOString().slice(0, 23)}000Z`;
}

/** The instant of an RFC 3339 timestamp; `undefined` where there is none or it cannot be read. */
export function instantOf(text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

const unitOf: Readonly<Record<string, Duration>> = { ms: 1, s: second, m: minute, h: hour };
/** What is longer is no duration. */
export const longestDuration = 32;

/** What a duration looks like in our kinds: Go's notation without fractions, such as `90s` or `1h30m`. */
export const durationPattern = /^([0-9]+(h|m|s|ms))+$/;

/** Reads `1h30m`, `90s`, `250ms`. Returns `undefined` for anything else. */
export function parseDuration(text: string): Duration | undefined {
  if (text.length > longestDuration || !durationPattern.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/gy))
    total += Number(amount) * (unitOf[unit ?? ''] ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** For people: `350 ms`, `4.2 s`, `3m20s`, `2h5m`, `4d`. */
export function formatDuration(duration: Duration): string {
  if (duration < second) return `${Math.round(duration)} ms`;
  if (duration < minute) return `${(duration / second).toFixed(duration < 10 * second ? 1 : 0)} s`;
  if (duration < hour) return `${Math.floor(duration / minute)}m${Math.floor((duration % minute) / second)}s`;
  if (duration < 48 * hour) return `${Math.floor(duration / hour)}h${Math.floor((duration % hour) / minute)}m`;
  return `${Math.floor(duration / (24 * hour))}d`;
}

/** Where clocks on a wall stand: the weekday from 0, a Monday, and the minutes since midnight. */
export interface WallTime {
  readonly weekday: number;
  readonly minutes: number;
}

const weekdayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The time on the walls of a time zone (IANA, such as `Europe/Berlin`); `undefined` when there is no such zone. */
export function wallTime(instant: Instant, timeZone: string): WallTime | undefined {
  let parts: readonly Intl.DateTimeFormatPart[];
  try {
    const options = { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    parts = new Intl.DateTimeFormat('en-US', options).formatToParts(instant);
  } catch {
    return undefined;
  }
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    weekday: weekdayNames.indexOf(part('weekday')),
    minutes: Number(part('hour')) * 60 + Number(part('minute')),
  };
}
