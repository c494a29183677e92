import type { Duration, Instant } from './time.js';

/**
 * Time as it is handed to everything outside the adapters: wall time in production, virtual time in simulations and
 * the fault tests. Code that holds a Clock and a Cluster, and awaits nothing else, cannot tell which one it has.
 */
export interface Clock {
  now(): Instant;
  /** Runs `run` once at `instant`, or at the next turn if that is past. Dispose to cancel. */
  at(instant: Instant, run: () => void): Disposable;
  /** Runs `run` in a turn of its own, as soon as what has come from outside meanwhile is taken in. */
  immediate(run: () => void): void;
  /**
   * Whether what runs now has had its share of the event loop, so that it should go on in another turn: else a Lease is not renewed and a
   * delivery waits while ten thousand objects are looked at. Never in virtual time, which stands still meanwhile.
   */
  readonly mustYield: boolean;
  /** Resolves after `duration`; rejects with the signal's reason as soon as it is aborted. */
  sleep(duration: Duration, signal?: AbortSignal): Promise<void>;
}

/** `sleep` in terms of `at`: shared by both clocks. */
export function sleepOn(clock: Pick<Clock, 'now' | 'at'>, duration: Duration, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = clock.at(clock.now() + duration, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = () => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** For loops over many objects: `for (const one of all) { …; if (clock.mustYield) await turn(clock); }`. */
export function turn(clock: Pick<Clock, 'immediate'>): Promise<void> {
  return new Promise((resolve) => clock.immediate(resolve));
}
