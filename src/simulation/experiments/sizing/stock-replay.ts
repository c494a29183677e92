/** One pool under a policy, event by event in exact time: what its stock would have delivered, and how long it stood idle. */
import { type Duration, hour, type Instant, minute } from '../../../support/time.js';

/** Says each minute how large the stock is to be. Sees demand only after it has come. */
export interface StockPolicy {
  readonly name: string;
  stockAt(now: Instant): number;
  asked(at: Instant): void;
  /** One that was asked for was not in stock. */
  missed?(at: Instant): void;
}

export interface StockOutcome {
  readonly asked: number;
  readonly hits: number;
  /** Container-hours of containers that were ready and not asked for. */
  readonly idleHours: number;
  /** Containers that were started for the stock. */
  readonly started: number;
}

export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * Each container that is taken is made anew and ready a lead time later; one that is not in stock starts cold, outside of it.
 * A stock that is lowered gives up what is ready at once. Begins with the stock ready.
 * @param arrivals one instant for each container that is asked for, in order
 */
export function replayStock(
  arrivals: Float64Array,
  { from, to }: Span,
  lead: Duration,
  policy: StockPolicy,
): StockOutcome {
  const due: Instant[] = [];
  let taken = 0;
  let stock = policy.stockAt(from);
  let ready = stock;
  let at = from;
  let idle = 0;
  let hits = 0;
  let started = stock;
  const advance = (now: Instant) => {
    for (; taken < due.length && (due[taken] ?? now) <= now; taken++) {
      const then = due[taken] ?? now;
      idle += ready * (then - at);
      at = then;
      ready++;
    }
    idle += ready * (now - at);
    at = now;
  };
  const refill = () => {
    const starting = due.length - taken;
    ready = Math.max(0, Math.min(ready, stock - starting));
    for (let missing = stock - ready - starting; missing > 0; missing--) {
      due.push(at + lead);
      started++;
    }
  };
  let next = from + minute;
  const turn = (now: Instant) => {
    for (; next <= now; next += minute) {
      advance(next);
      stock = policy.stockAt(next);
      refill();
    }
  };
  for (const arrival of arrivals) {
    turn(arrival);
    advance(arrival);
    policy.asked(arrival);
    if (ready > 0) {
      ready--;
      hits++;
    } else if (policy.missed) {
      policy.missed(arrival);
      stock = policy.stockAt(arrival);
    }
    refill();
  }
  turn(to);
  advance(to);
  return { asked: arrivals.length, hits, idleHours: idle / hour, started };
}
