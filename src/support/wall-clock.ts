import { type Clock, sleepOn } from './clock.js';
import type { Duration, Instant } from './time.js';

/** The longest delay that a Node.js timer takes; longer ones are waited for in steps. */
const longestDelay = 2 ** 31 - 1;

/** The time of this machine. */
export class WallClock implements Clock {
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

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, duration, signal);
  }
}
