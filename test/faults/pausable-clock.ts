import { type Clock, sleepOn } from '../../src/support/clock.js';
import type { Duration, Instant } from '../../src/support/time.js';

/** The clock of a process that may be paused: time goes on, but what falls due in a pause runs only when it is over. */
export class PausableClock implements Clock {
  #resumesAt: Instant = -Infinity;

  constructor(private readonly clock: Clock) {}

  now(): Instant {
    return this.clock.now();
  }

  at(instant: Instant, run: () => void): Disposable {
    let handle: Disposable;
    const due = () => {
      // timers that waited for the end of the pause run in the order in which they fell due
      if (this.now() < this.#resumesAt) handle = this.clock.at(this.#resumesAt, due);
      else run();
    };
    handle = this.clock.at(instant, due);
    return { [Symbol.dispose]: () => handle[Symbol.dispose]() };
  }

  immediate(run: () => void): void {
    this.at(this.now(), run);
  }

  get mustYield(): boolean {
    return false;
  }

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, duration, signal);
  }

  pause(duration: Duration): void {
    this.#resumesAt = Math.max(this.#resumesAt, this.now() + duration);
  }
}
