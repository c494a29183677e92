/** What is left of the stock while a decision is being made: who was granted what, and what is kept for whom. */
import { allocate, type Need, type Portion } from './allocate.js';
import type { Ahead, Applicant, QueueView } from './view.js';

export class Stock {
  readonly #ready: number[];
  readonly #poolOf: readonly number[];
  /** As many as each bin could ever have ready. */
  readonly #ever: readonly number[];
  readonly #endless: readonly number[];
  readonly #kept: { count: number; first: string | undefined }[];
  /** Held by the claims of a tenant, by tenant and pool. */
  readonly #held = new Map<string, number>();
  readonly #granted = new Map<string, number>();

  constructor(private readonly view: QueueView) {
    const { bins, pools, holdings } = view;
    this.#ready = bins.map(({ ready }) => ready);
    this.#poolOf = bins.map(({ pool }) => pool);
    this.#ever = bins.map(({ pool, ready }, bin) => {
      const { fresh, ceiling } = pools[pool] ?? { fresh: -1, ceiling: 0 };
      return fresh === bin ? Math.max(ready, ceiling) : ready;
    });
    this.#endless = bins.map(() => Infinity);
    this.#kept = bins.map(() => ({ count: 0, first: undefined }));
    for (const [tenant, all] of holdings)
      for (const { pool, use } of all) add(this.#held, placeOf(tenant, pool), use.containers);
  }

  /** What of these the claim could have now. */
  free(claim: Applicant, needs: readonly Need[]): readonly Portion[] {
    return allocate(needs, { ready: this.#ready, poolOf: this.#poolOf, room: this.#rooms(claim) });
  }

  /** What it could have if its pools had all ready that they may ever have, and its tenant held nothing. */
  ever(claim: Applicant, needs: readonly Need[]): readonly Portion[] {
    const room: number[] = [];
    for (const pool of claim.pools) room[pool] = this.view.rules(claim.tenant, pool).maxContainers;
    return allocate(needs, { ready: this.#ever, poolOf: this.#poolOf, room });
  }

  /** What it could have, given what its tenant holds, if there were no end to the stock. */
  allowed(claim: Applicant, needs: readonly Need[]): readonly Portion[] {
    return allocate(needs, { ready: this.#endless, poolOf: this.#poolOf, room: this.#rooms(claim) });
  }

  grant({ tenant }: Applicant, { bin, count }: Portion): void {
    this.#take(bin, count);
    add(this.#granted, placeOf(tenant, this.#poolOf[bin] ?? -1), count);
  }

  /** Nobody after this claim may have these. */
  keep(claim: Applicant, { bin, count }: Portion): void {
    this.#take(bin, count);
    const kept = this.#kept[bin];
    if (!kept) return;
    kept.count += count;
    kept.first ??= claim.key;
  }

  /** What would serve these needs, and is kept for others. */
  keptFrom(needs: readonly Need[]): Ahead {
    let kept = 0;
    let first: string | undefined;
    for (const bin of new Set(needs.flatMap(({ count, bins }) => (count > 0 ? bins : [])))) {
      kept += this.#kept[bin]?.count ?? 0;
      first ??= this.#kept[bin]?.first;
    }
    return { kept, first };
  }

  /** How many containers of a pool a tenant was granted. */
  granted(tenant: string, pool: number): number {
    return this.#granted.get(placeOf(tenant, pool)) ?? 0;
  }

  #take(bin: number, count: number): void {
    this.#ready[bin] = (this.#ready[bin] ?? 0) - count;
  }

  /** How many more the tenant may have of each pool. */
  #rooms({ tenant, pools }: Applicant): readonly (number | undefined)[] {
    const rooms: (number | undefined)[] = [];
    for (const pool of pools) {
      const { maxContainers } = this.view.rules(tenant, pool);
      if (maxContainers === Infinity) continue;
      const held = this.#held.get(placeOf(tenant, pool)) ?? 0;
      rooms[pool] = Math.max(0, maxContainers - held - this.granted(tenant, pool));
    }
    return rooms;
  }
}

const placeOf = (tenant: string, pool: number): string => `${pool}/${tenant}`;

function add(counts: Map<string, number>, at: string, count: number): void {
  counts.set(at, (counts.get(at) ?? 0) + count);
}
