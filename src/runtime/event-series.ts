import type { Resource } from '../api/meta/resource.js';
import { type Duration, type Instant, minute } from '../support/time.js';

export type EventType = 'Normal' | 'Warning';

/** What is reported of an object: equal ones within a while are one Event with a count. */
export interface Report {
  readonly regarding: Resource;
  readonly type: EventType;
  readonly reason: string;
  readonly note: string;
}

export interface Series extends Report {
  readonly first: Instant;
  last: Instant;
  count: number;
  /** The Event that stands for the series, once it is written. */
  event: { readonly namespace: string; readonly name: string } | undefined;
}

/** Equal reports that come within this are one series. */
const window: Duration = 10 * minute;

/** Like client-go's spam filter: so many at once per object, then one per `refill`. */
const burst = 25;
const refill: Duration = 5 * minute;

/** A map that forgets what was used longest ago. */
class Recent<Value> {
  readonly #entries = new Map<string, Value>();

  constructor(private readonly limit: number) {}

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.limit) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}

/** Which reports belong together, and how many may be written. Holds the last `limit` series and objects. */
export class EventSeries {
  readonly #series: Recent<Series>;
  readonly #buckets: Recent<{ tokens: number; at: Instant }>;

  constructor(limit = 4096) {
    this.#series = new Recent(limit);
    this.#buckets = new Recent(limit);
  }

  get size(): number {
    return this.#series.size;
  }

  /** The series that the report belongs to; its `count` is 1 when it begins one. */
  add(report: Report, now: Instant): Series {
    const { regarding, type, reason, note } = report;
    const key = [regarding.metadata.uid, type, reason, note].join('\0');
    const known = this.#series.get(key);
    if (known && now - known.last <= window) {
      known.count++;
      known.last = now;
      return known;
    }
    const series: Series = { ...report, first: now, last: now, count: 1, event: undefined };
    this.#series.set(key, series);
    return series;
  }

  /** Whether one more write about this object is allowed now; it is counted then. */
  allow({ metadata: { uid } }: Resource, now: Instant): boolean {
    const bucket = this.#buckets.get(uid) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refill);
    const allowed = tokens >= 1;
    this.#buckets.set(uid, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed;
  }
}
