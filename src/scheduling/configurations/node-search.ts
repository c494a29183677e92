import type { Room } from './room.js';
import { bestConfiguration, type Configuration } from './search.js';

/** The search for a node's configuration: equal questions are asked once, and it counts how often the search had to stop. */
export class NodeSearch {
  readonly #steps: number;
  readonly #known = new Map<string, Configuration>();
  #cut = 0;

  /** @param steps after so many branches a search ends */
  constructor(steps: number) {
    this.#steps = steps;
  }

  /**
   * The best configuration of a row.
   * @param free what there is of each resource of the room
   * @param limits how many of each queue at most; 0 where the row cannot take them
   * @param values what one pod of each queue is worth
   */
  best(room: Room, free: Float64Array, limits: Int32Array, values: Float64Array): Configuration {
    const key = `${free.join()}/${limits.join()}/${values.join()}`;
    const known = this.#known.get(key);
    const found = known ?? bestConfiguration({ free, demands: room.demands, limits, values }, this.#steps);
    if (!known) this.#known.set(key, found);
    if (!found.exact) this.#cut++;
    return found;
  }

  /** What is to be told of the searches. */
  get notes(): readonly string[] {
    if (this.#cut === 0) return [];
    const times = this.#cut === 1 ? 'once' : `${this.#cut} times`;
    return [
      `the search for a configuration was ended ${times} after ${this.#steps} steps: the best seen by then was taken`,
    ];
  }
}
