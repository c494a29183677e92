import { type Clock, sleepOn } from './clock.js';
import type { Duration, Instant } from './time.js';

/** The longest delay that a Node.js timer takes; longer ones are waited for in steps. */
const longestDelay = 2 ** 31 - 1;

/** Milliseconds of work in one turn of the event loop: what has come from outside waits for no longer. */
const turnBudget = 5;

/** The time of this machine. */
export class WallClock implements Clock {
  /** When `mustYield` was first asked in this turn of the event loop. */
  #turnBegan: number | undefined;

  now(): Instant {
    return Date.now();
  }

  at(instant: Instant, run: () => void): Disposable {
    let handle: NodeJS.Timeout;
    const arm = () => {
      const delay = Math.max(0, instant - Date.now());
      handle = setTimeout(delay > longestDelay ? arm : run, Math.min(delay, longestDelay));
    };
    arm();
    return { [Symbol.dispose]: () => clearTimeout(handle) };
  }

  immediate(run: () => void): void {
    setImmediate(run);
  }

  get mustYield(): boolean {
    const now = performance.now();
    if (this.#turnBegan === undefined) {
      this.#turnBegan = now;
      setImmediate(() => {
        this.#turnBegan = undefined;
      });
    }
    return now - this.#turnBegan >= turnBudget;
  }

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, duration, signal);
  }
}
