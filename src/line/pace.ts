/** How many containers are in a stage at once, and how many enter it in a second: of all who have the line. */
import type { Clock } from '../support/clock.js';
import { type Instant, second } from '../support/time.js';

export class Pace {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];
  /** When the next one may enter. */
  #next: Instant = -Infinity;

  constructor(
    private readonly concurrency = Infinity,
    private readonly rate = Infinity,
  ) {}

  /** Runs `work` when its turn has come. Throws the signal's reason. */
  async in<T>(clock: Clock, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#enter(clock, signal);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#inside >= this.concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#inside++;
    try {
      const now = clock.now();
      const turn = Math.max(now, this.#next);
      this.#next = turn + second / this.rate;
      if (turn > now) await clock.sleep(turn - now, signal);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  /** Whoever waits takes the place of who leaves. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#inside--;
  }
}
