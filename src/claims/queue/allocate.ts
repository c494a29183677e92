/** Which containers serve which items of one claim. Pure. */

/** Containers of one item that are missing. */
export interface Need {
  readonly item: string;
  readonly count: number;
  /** The bins that it can be served from, the best first. */
  readonly bins: readonly number[];
}

/** What there is: bins of containers that are alike, each of a pool. Of a pool no more than its room may be taken. */
export interface Supply {
  /** Containers by bin. */
  readonly ready: readonly number[];
  /** The pool of each bin. */
  readonly poolOf: readonly number[];
  /** By pool; what is absent has room for any number. */
  readonly room: readonly (number | undefined)[];
}

export interface Portion {
  readonly need: number;
  readonly bin: number;
  readonly count: number;
}

/**
 * As many containers as can be had, each item from the best bins that have some. Where items contend for a bin, one of
 * them moves to another that serves it, too: the total is the greatest that there is (augmenting paths, as in a maximum
 * flow). What is wasted in all is not always the least.
 */
export function allocate(needs: readonly Need[], supply: Supply): readonly Portion[] {
  const [only, ...others] = needs;
  if (only && others.length === 0) return allocateOne(only, supply);
  const allocation = new Allocation(needs, supply);
  for (const need of byChoice(needs)) allocation.takeDirectly(need);
  for (const need of needs.keys()) while (allocation.reroute(need));
  return allocation.portions();
}

/** Where nobody contends for anything: most claims have one item, and thousands may wait. */
function allocateOne({ count, bins }: Need, { ready, poolOf, room }: Supply): readonly Portion[] {
  const portions: Portion[] = [];
  let missing = count;
  for (const bin of bins) {
    if (missing === 0) break;
    const pool = poolOf[bin] ?? -1;
    const taken = portions.reduce((sum, one) => (poolOf[one.bin] === pool ? sum + one.count : sum), 0);
    const free = Math.min(missing, ready[bin] ?? 0, (room[pool] ?? Infinity) - taken);
    if (free <= 0) continue;
    portions.push({ need: 0, bin, count: free });
    missing -= free;
  }
  return portions;
}

export const totalOf = (portions: readonly Portion[]): number => portions.reduce((sum, { count }) => sum + count, 0);

/** Those with the fewest bins first: they have no choice. */
const byChoice = (needs: readonly Need[]): readonly number[] =>
  [...needs.keys()].sort((a, b) => (needs[a]?.bins.length ?? 0) - (needs[b]?.bins.length ?? 0) || a - b);

class Allocation {
  readonly #spare: number[];
  readonly #room: number[] = [];
  readonly #missing: number[];
  /** What each need gets, by bin. */
  readonly #got: readonly Map<number, number>[];

  constructor(
    private readonly needs: readonly Need[],
    private readonly supply: Supply,
  ) {
    this.#spare = [...supply.ready];
    for (const pool of supply.poolOf) this.#room[pool] = supply.room[pool] ?? Infinity;
    this.#missing = needs.map(({ count }) => count);
    this.#got = needs.map(() => new Map());
  }

  takeDirectly(need: number): void {
    for (const bin of this.needs[need]?.bins ?? []) {
      const missing = this.#missing[need] ?? 0;
      if (missing === 0) return;
      this.#give(need, bin, Math.min(missing, this.#free(bin)));
    }
  }

  /** One more container for this need, by moving others along; false when there is no way. */
  reroute(need: number): boolean {
    if ((this.#missing[need] ?? 0) === 0) return false;
    const cameFrom = new Map<number, { readonly need: number; readonly takes: number; readonly frees: number }>();
    const frontier = [need];
    for (let at = frontier.shift(); at !== undefined; at = frontier.shift()) {
      const open = this.needs[at]?.bins.find((bin) => this.#free(bin) > 0);
      if (open !== undefined) {
        this.#shift(need, at, open, cameFrom);
        return true;
      }
      for (const { other, takes, frees } of this.#contenders(at)) {
        if (other === need || cameFrom.has(other)) continue;
        cameFrom.set(other, { need: at, takes, frees });
        frontier.push(other);
      }
    }
    return false;
  }

  portions(): readonly Portion[] {
    return this.#got.flatMap((got, need) =>
      [...got].filter(([, count]) => count > 0).map(([bin, count]) => ({ need, bin, count })),
    );
  }

  /** Who has what this need could use: it takes from bin `takes` what becomes free when the other leaves bin `frees`. */
  *#contenders(need: number) {
    for (const takes of this.needs[need]?.bins ?? []) {
      const pool = this.supply.poolOf[takes];
      for (const [other, got] of this.#got.entries()) {
        for (const [frees, count] of got) {
          const helps = frees === takes || ((this.#spare[takes] ?? 0) > 0 && this.supply.poolOf[frees] === pool);
          if (other !== need && count > 0 && helps) yield { other, takes, frees };
        }
      }
    }
  }

  #shift(
    first: number,
    last: number,
    open: number,
    cameFrom: ReadonlyMap<number, { readonly need: number; readonly takes: number; readonly frees: number }>,
  ): void {
    this.#give(last, open, 1);
    for (let at = last; at !== first; ) {
      const step = cameFrom.get(at);
      if (!step) throw new Error('a path of an allocation has no beginning');
      this.#give(at, step.frees, -1);
      this.#give(step.need, step.takes, 1);
      at = step.need;
    }
  }

  #free(bin: number): number {
    return Math.max(0, Math.min(this.#spare[bin] ?? 0, this.#room[this.supply.poolOf[bin] ?? -1] ?? Infinity));
  }

  #give(need: number, bin: number, count: number): void {
    const pool = this.supply.poolOf[bin] ?? -1;
    const got = this.#got[need];
    if (count === 0 || !got) return;
    got.set(bin, (got.get(bin) ?? 0) + count);
    this.#spare[bin] = (this.#spare[bin] ?? 0) - count;
    this.#room[pool] = (this.#room[pool] ?? Infinity) - count;
    this.#missing[need] = (this.#missing[need] ?? 0) - count;
  }
}
