import type { Key } from '../../api/meta/resource.js';
import type { Instant } from '../../support/time.js';
import { second } from '../../support/time.js';
import type { QueuePlace } from '../standing.js';
import { front, pause, perSecond, tellAt } from './tell.js';

interface Said {
  readonly queue: QueuePlace | undefined;
  readonly message: string;
}

/** Paces how often places are written: see `tell.ts`. Remembers only when this process last let a claim say something. */
export class Crier {
  readonly #told = new Map<Key, Instant>();
  #now: Instant = -Infinity;
  #budget = perSecond;
  #next: Instant = Infinity;

  /** Claims are asked about from the front of the queue on. */
  begin(now: Instant): void {
    const passed = Math.max(0, now - this.#now);
    this.#budget = Math.min(perSecond, this.#budget + (passed / second) * perSecond);
    this.#now = now;
    this.#next = Infinity;
    for (const [key, at] of this.#told) {
      if (at > now - pause) break;
      this.#told.delete(key);
    }
  }

  /** What the claim is to say; nothing where what it says will do, or has to do for a while. */
  tell(
    claim: Key,
    said: Said | undefined,
    queue: QueuePlace,
    message: () => string,
  ): { readonly queue: QueuePlace; readonly message: string } | undefined {
    const before = { queue: said?.queue, message: said?.message ?? '', at: this.#told.get(claim) ?? -Infinity };
    const now = { queue, message: queue.place <= front || before.queue === undefined ? message() : '' };
    const at = tellAt(before, now);
    if (at === undefined) return undefined;
    if (before.queue !== undefined) {
      if (at > this.#now || this.#budget < 1) {
        this.#next = Math.min(this.#next, Math.max(at, this.#now + second));
        return undefined;
      }
      this.#budget--;
    }
    this.#told.delete(claim);
    this.#told.set(claim, this.#now);
    return { queue, message: message() };
  }

  /** When something that was held back may be said. */
  nextAt(): Instant {
    return this.#next;
  }
}
