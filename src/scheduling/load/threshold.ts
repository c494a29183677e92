import { countShort, inFours } from '../kernels/fours.js';
import { RowCache } from '../snapshot/row-cache.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { LoadOptions } from './load-model.js';
import { addedOf, countedUse } from './utilization.js';

interface Left {
  /** For each resource, in fours: what each row may still be used of it; ∞ where the row has no capacity of it, or is over already. */
  readonly left: readonly Float64Array[];
  /** How many resources of each row are over the threshold already. */
  readonly over: Uint8Array;
}

/** How many resources of a node would be used, z standard deviations included, above a share of its capacity. */
export class Threshold {
  readonly #resources: readonly string[];
  readonly #share: number;
  readonly #deviations: number;
  readonly #left: RowCache<Left>;

  constructor(resources: readonly string[], share: number, { deviations }: LoadOptions) {
    this.#resources = resources;
    this.#share = share;
    this.#deviations = deviations;
    this.#left = new RowCache<Left>(
      (rows) => ({ left: inFours(resources.map(() => new Float64Array(rows))), over: new Uint8Array(rows) }),
      (nodes, row, { left, over }) => {
        over[row] = 0;
        for (const [index, resource] of resources.entries()) {
          const rest = this.#rest(nodes, resource, row);
          if (rest < 0) over[row] += 1;
          left[index]![row] = rest < 0 ? Infinity : rest;
        }
      },
    );
  }

  /** The number for every row with `added` on each, into `out`. */
  counts(nodes: Snapshot, added: Float64Array, out: Uint8Array): void {
    const { left, over } = this.#left.of(nodes);
    const amounts = addedOf(nodes, this.#resources, added, left.length);
    let from = over;
    for (let first = 0; first < left.length; first += 4) {
      countShort(from, left, amounts, first, nodes.rows, out);
      from = out;
    }
  }

  /** Those of one row: which they are. */
  over(nodes: Snapshot, row: number, added: Float64Array): readonly string[] {
    const amounts = addedOf(nodes, this.#resources, added);
    return this.#resources.filter((resource, index) => {
      const rest = this.#rest(nodes, resource, row);
      return rest < 0 || rest < amounts[index]!;
    });
  }

  #rest(nodes: Snapshot, resource: string, row: number): number {
    const capacity = nodes.column(resource)?.capacity[row] ?? 0;
    return capacity > 0 ? this.#share * capacity - countedUse(nodes, resource, row, this.#deviations) : Infinity;
  }
}
