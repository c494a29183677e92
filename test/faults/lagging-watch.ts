import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { CallOptions, Cluster, WatchEvent, WatchQuery } from '../../src/cluster/cluster.js';
import type { Clock } from '../../src/support/clock.js';
import type { Duration, Instant } from '../../src/support/time.js';

export interface Lag {
  readonly clock: Clock;
  /** How long the next event is on its way; it never overtakes the ones before. */
  readonly lag: () => Duration;
  /** After so long the watch is cut: what is on its way then is lost with it. */
  readonly life: Duration;
  readonly isDead: () => boolean;
  /** Lets others cut the watch, too. */
  readonly expose: (cut: () => void) => Disposable;
}

type Arrival<T> = { readonly at: Instant } & ({ readonly event: WatchEvent<T> } | { readonly end: unknown });

/** A watch whose events come late, and which is cut some time. */
export async function* laggingWatch<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  query: WatchQuery,
  options: CallOptions,
  { clock, lag, life, isDead, expose }: Lag,
): AsyncGenerator<WatchEvent<T>> {
  const cutAt = clock.now() + life;
  const cut = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, cut.signal]) : cut.signal;
  const end = () => cut.abort(new Error('the connection was cut'));
  using _timer = Number.isFinite(cutAt) ? clock.at(cutAt, end) : undefined;
  using _exposed = expose(end);
  const arrivals: Arrival<T>[] = [];
  let wake = () => {};
  let latest = 0;
  const arrive = (arrival: { event: WatchEvent<T> } | { end: unknown }) => {
    latest = Math.max(latest, clock.now() + lag());
    arrivals.push({ at: latest, ...arrival });
    wake();
  };
  void (async () => {
    try {
      for await (const event of cluster.watch(kind, query, { ...options, signal })) arrive({ event });
      arrive({ end: undefined });
    } catch (error) {
      arrive({ end: error });
    }
  })();
  for (;;) {
    const arrival = arrivals.shift();
    if (!arrival) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const wait = arrival.at - clock.now();
    if (wait > 0) await clock.sleep(wait, signal).catch(() => undefined);
    if (isDead() || signal.aborted) return;
    if ('end' in arrival) {
      if (arrival.end !== undefined) throw arrival.end;
      return;
    }
    yield arrival.event;
  }
}
