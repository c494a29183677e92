import type { Clock } from '../../src/support/clock.js';
import type { Random } from '../../src/support/random.js';
import type { Duration } from '../../src/support/time.js';
import { type Mix, noFaults } from './mix.js';

/** The faults of a run while it lasts: its mix, until `clear` ends them all. */
export class Weather {
  readonly #watches = new Set<() => void>();
  #mix: Mix;
  #deletionsDenied: number;

  constructor(
    mix: Mix,
    readonly random: Random,
    /** The time of the network and the server, which stands still for nobody. */
    readonly clock: Clock,
  ) {
    this.#mix = mix;
    this.#deletionsDenied = mix.denied;
  }

  get mix(): Mix {
    return this.#mix;
  }

  get isClear(): boolean {
    return this.#mix === noFaults;
  }

  clear(): void {
    this.#mix = noFaults;
  }

  /** Deletions are denied until this, also when all other faults are over: what they hold up must be seen. */
  allowDeletions(): void {
    this.#deletionsDenied = 0;
  }

  /** Whether a policy protects this pod from that, always the same while it does. */
  denies(verb: 'remove' | 'patch', pod: string): boolean {
    const share = verb === 'remove' ? this.#deletionsDenied : this.#mix.denied;
    return share > 0 && this.random.split(`denied/${verb}/${pod}`).uniform() < share;
  }

  /** Cuts all watches that go through the weather. */
  cutWatches(): void {
    for (const cut of this.#watches) cut();
  }

  /** Has `cut` called when watches are cut. */
  expose(cut: () => void): Disposable {
    this.#watches.add(cut);
    return { [Symbol.dispose]: () => this.#watches.delete(cut) };
  }

  /** Runs `act` again and again, in intervals that are exponential around `mean`, while there are faults. */
  every(mean: (mix: Mix) => Duration, random: Random, act: () => void): void {
    const interval = random.exponential(1) * mean(this.#mix);
    if (!Number.isFinite(interval) || this.isClear) return;
    this.clock.at(this.clock.now() + Math.max(1, interval), () => {
      if (this.isClear) return;
      act();
      this.every(mean, random, act);
    });
  }
}
