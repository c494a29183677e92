import { type Clock, sleepOn } from './clock.js';
import { Heap } from './heap.js';
import type { Duration, Instant } from './time.js';

interface Timer {
  readonly instant: Instant;
  readonly order: number;
  run: (() => void) | undefined;
}

/** 2026-01-01T00:00:00Z: a fixed start, so that the same seed gives the same timestamps on any day. */
export const virtualEpoch: Instant = Date.UTC(2026, 0, 1);

/**
 * Time that stands still while anything is left to do, then jumps to the next timer. That is true as long as the code
 * under it awaits only this clock and things that resolve in microtasks: no sockets, workers or files in between.
 */
export class VirtualClock implements Clock {
  readonly #timers = new Heap<Timer>((a, b) => a.instant - b.instant || a.order - b.order);
  #now: Instant;
  #order = 0;

  constructor(start: Instant = virtualEpoch) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  at(instant: Instant, run: () => void): Disposable {
    const timer: Timer = { instant: Math.max(instant, this.#now), order: this.#order++, run };
    this.#timers.push(timer);
    return {
      [Symbol.dispose]: () => {
        timer.run = undefined;
      },
    };
  }

  immediate(run: () => void): void {
    this.at(this.#now, run);
  }

  get mustYield(): boolean {
    return false;
  }

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, duration, signal);
  }

  /** Lets `duration` pass: runs everything that falls due in it, in order. */
  async advance(duration: Duration): Promise<void> {
    const end = this.#now + duration;
    await this.#run(end, () => false);
    this.#now = end;
  }

  /** Lets time pass until `until` says so. Returns false when `limit` passed, or no timer was left, before it did. */
  async runUntil(until: () => boolean, limit: Duration): Promise<boolean> {
    await this.#run(this.#now + limit, until);
    return until();
  }

  /** Lets time pass until `promise` settles, and returns its outcome. Throws when it did not within `limit`. */
  async settle<T>(promise: Promise<T>, limit: Duration): Promise<T> {
    let settled = false;
    const mark = () => {
      settled = true;
    };
    promise.then(mark, mark);
    if (await this.runUntil(() => settled, limit)) return promise;
    throw new Error(`still waiting after ${limit} ms of virtual time`);
  }

  /** Resolves when nothing is left to do at this instant. */
  async drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async #run(end: Instant, until: () => boolean): Promise<void> {
    for (;;) {
      await this.drain();
      if (until()) return;
      const timer = this.#next();
      if (!timer || timer.instant > end) return;
      this.#timers.pop();
      this.#now = timer.instant;
      timer.run?.();
    }
  }

  #next(): Timer | undefined {
    for (;;) {
      const timer = this.#timers.peek();
      if (!timer || timer.run) return timer;
      this.#timers.pop();
    }
  }
}
