/** How many containers are in a stage at once, and how many enter it in a second: of all who have the line. */
import type { Context } from '../runtime/index.js';
import { type Duration, type Instant, second } from '../support/time.js';

/** Who comes late by no more than this is let in as if it had been in time: so rates are kept that are faster than any timer. */
const tick: Duration = 20;
/** Who finds all places taken by what waits for an answer from outside is woken when one is free, and asks again by then. */
const lookAgain: Duration = 5 * second;
/** Of those that wait for a place so many are woken; the others look again. */
const woken = 1000;

/** A place in the stage. */
export interface Seat {
  /** Lets the next one in: now, or where the container stays in the stage, when that is over. */
  leave(ended?: Promise<void>): void;
}

export class Pace {
  #inside = 0;
  /** Of those inside: how many wait for an answer from outside, which may take long. */
  #outside = 0;
  readonly #waiting: ((enters: boolean) => void)[] = [];
  readonly #refused = new Set<Context['wake']>();
  /** When the next one may enter. */
  #next: Instant = -Infinity;

  constructor(
    private readonly concurrency = Infinity,
    private readonly rate = Infinity,
  ) {}

  /**
   * A place, or after how long to ask again. Waits for a place only while those inside speak with nobody but the API server: a
   * reconcile holds its worker meanwhile.
   */
  async enter(now: () => Instant, wake: Context['wake']): Promise<Seat | Duration> {
    const early = this.#wait(now());
    if (early > 0) return early;
    if (this.#inside < this.concurrency) this.#inside++;
    else if (!(await this.#turn())) {
      if (this.#refused.size < woken) this.#refused.add(wake);
      return lookAgain;
    }
    const at = now();
    const wait = this.#wait(at);
    if (wait > 0) {
      this.#leave();
      return wait;
    }
    this.#next = (at - this.#next <= tick ? this.#next : at) + second / this.rate;
    return { leave: (ended) => (ended ? this.#stay(ended) : this.#leave()) };
  }

  #wait(at: Instant): Duration {
    return at < this.#next ? Math.max(this.#next - at, tick / 2) : 0;
  }

  /** Whether there comes one, as those inside are soon done. */
  #turn(): Promise<boolean> {
    if (this.#outside >= this.concurrency) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #stay(ended: Promise<void>): void {
    this.#outside++;
    if (this.#outside >= this.concurrency) for (const enters of this.#waiting.splice(0)) enters(false);
    void ended.then(() => {
      this.#outside--;
      this.#leave();
    });
  }

  /** Whoever waits takes the place of who leaves. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) return next(true);
    this.#inside--;
    const [wake] = this.#refused;
    if (!wake) return;
    this.#refused.delete(wake);
    wake();
  }
}
