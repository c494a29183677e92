import type { Duration, Instant } from '../../support/time.js';
import type { Sighting } from './sightings.js';

/** Milliseconds; exact, by nearest rank. */
export interface Latency {
  readonly p50: Duration;
  readonly p95: Duration;
  readonly p99: Duration;
  readonly last: Duration;
}

/** From `start` until each sighting showed `what`. Throws when one does not show it. */
export function latencyOf(sightings: readonly Sighting[], start: Instant, what: keyof Sighting): Latency {
  const times = sightings
    .map((sighting) => {
      const at = sighting[what];
      if (at === undefined) throw new Error(`a container was never seen to be ${what}`);
      return at - start;
    })
    .sort((a, b) => a - b);
  const rank = (share: number) => times[Math.max(0, Math.ceil(share * times.length) - 1)] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), last: rank(1) };
}
