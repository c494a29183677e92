import type { Duration, Instant } from '../../support/time.js';

/** What a breaker says to who wants to call: go on, or not before so long. */
export type Admission = { readonly go: true } | { readonly go: false; readonly after: Duration };

/** While one call probes, the others look again after so long. */
const lookAgain: Duration = 1000;

/**
 * Stops calls to who does not answer. Closed: all go. After `failures` in a row it is open: none goes for `pause`. Then it
 * is half open: one goes, and what comes of it closes or opens it again. Knows no time but what it is told.
 */
export class Breaker {
  #failures = 0;
  #openUntil: Instant = -Infinity;
  #probing = false;

  constructor(
    private readonly failures: number,
    private readonly pause: Duration,
  ) {}

  get isOpen(): boolean {
    return this.#failures >= this.failures;
  }

  /** Whoever is told to go says what came of it, by `answered`, `failed` or `abandoned`. */
  admit(now: Instant): Admission {
    if (!this.isOpen) return { go: true };
    if (now < this.#openUntil) return { go: false, after: this.#openUntil - now };
    if (this.#probing) return { go: false, after: lookAgain };
    this.#probing = true;
    return { go: true };
  }

  answered(): void {
    this.#failures = 0;
    this.#probing = false;
  }

  /** The call was broken off from this side: nobody knows what it would have come to. */
  abandoned(): void {
    this.#probing = false;
  }

  failed(now: Instant): void {
    this.#failures++;
    this.#probing = false;
    if (this.isOpen) this.#openUntil = now + this.pause;
  }
}
