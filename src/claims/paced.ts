import type { Duration, Instant } from '../support/time.js';

/** Of more the oldest are forgotten: those are tried once too soon. */
const remembered = 10_000;

/** When something may be tried again, by what it is about. In memory only: a restarted operator tries once more. */
export class Paced {
  readonly #dueAt = new Map<string, Instant>();

  isDue(about: string, now: Instant): boolean {
    return this.wait(about, now) === 0;
  }

  /** How long it has to wait still; what is less than a millisecond is no time. */
  wait(about: string, now: Instant): Duration {
    const left = (this.#dueAt.get(about) ?? now) - now;
    return left < 1 ? 0 : left;
  }

  put(about: string, now: Instant, off: Duration): void {
    this.#dueAt.delete(about);
    this.#dueAt.set(about, now + off);
    if (this.#dueAt.size <= remembered) return;
    const [oldest] = this.#dueAt.keys();
    if (oldest !== undefined) this.#dueAt.delete(oldest);
  }
}
