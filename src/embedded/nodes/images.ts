import type { Random } from '../../support/random.js';
import type { Instant } from '../../support/time.js';
import { drawTime, type Profile } from './profile.js';

/** The images of one node: what is there, what is on its way, and a limit on how many come at once. */
export class Images {
  /** When each image is (or was) complete. */
  readonly #completeAt = new Map<string, Instant>();
  /** When each of the parallel pulls is free again. */
  readonly #lanes: Instant[];

  constructor(
    private readonly profile: Profile['pull'],
    private readonly random: Random,
  ) {
    this.#lanes = Array.from({ length: Math.max(1, profile.parallel) }, () => Number.NEGATIVE_INFINITY);
  }

  /** Asks for an image and says when it is there: `now` when it is already. */
  pull(image: string, now: Instant): Instant {
    const known = this.#completeAt.get(image);
    if (known !== undefined) return Math.max(known, now);
    const lane = this.#lanes.indexOf(Math.min(...this.#lanes));
    const begin = Math.max(now, this.#lanes[lane] ?? now);
    const median = (this.sizeOf(image) / this.profile.bytesPerSecond) * 1000;
    const complete = begin + drawTime({ median, sigma: this.profile.sigma }, this.random.split(image));
    this.#lanes[lane] = complete;
    this.#completeAt.set(image, complete);
    return complete;
  }

  /** Notes an image that is there already: loaded beforehand, or pulled before the simulation was restarted. */
  add(image: string): void {
    this.#completeAt.set(image, Number.NEGATIVE_INFINITY);
  }

  sizeOf(image: string): number {
    return this.profile.sizes[image] ?? this.profile.otherwise;
  }
}
