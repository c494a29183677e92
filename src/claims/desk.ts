import type { ContainerClaim } from '../api/container-claim.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { type Bell, type Cache, findCondition } from '../runtime/index.js';
import type { Slot } from '../line/index.js';
import type { Instant } from '../support/time.js';
import type { ColdRoom, ColdStarts } from './cold-starts.js';
import type { Fit } from './fit/fit.js';
import { type Availability, bestOf, type Share } from './offer.js';
import type { Turn } from './plan.js';
import type { Fits } from './pools.js';
import type { Board } from './queue/board.js';
import { isWaitedFor } from './queue/line-up.js';
import type { Shelf } from './shelf.js';
import { nobody } from './tenants.js';

export interface DeskParts {
  readonly cache: Cache;
  readonly shelf: Shelf;
  readonly fits: Fits;
  readonly board: Board;
  readonly coldStarts: ColdStarts;
  /** Rings for pools whose queue has to be looked at. */
  readonly bell: Bell;
}

/** Where a claim learns what it may take: at once, where there is enough and nobody waits; else when it is its turn. */
export class Desk {
  constructor(private readonly parts: DeskParts) {}

  turnOf(claim: ContainerClaim, fit: Fit, missing: readonly Slot[]): Turn {
    const told = saidBy(claim);
    if (missing.length === 0 || fit.pools.size === 0) return { shares: [], told };
    const { board } = this.parts;
    const key = keyOf(nameOf(claim));
    if (!isWaitedFor(fit, key, claim.spec.tenant ?? nobody, this.parts)) {
      const shares = bestOf(missing, fit, this.#available(claim, fit, missing.length));
      if (sum(shares) === missing.length) return { shares, told };
    }
    const entry = board.entryOf(key);
    if (entry) return { shares: entry.shares, told: entry.told ?? told };
    board.join(key, [...fit.pools.keys()]);
    this.call(fit);
    return { shares: [], undecided: true, told };
  }

  /** How many containers each pool may start for the claim, beside these. */
  coldRooms(claim: ContainerClaim, fit: Fit, shares: readonly Share[], now: Instant): ReadonlyMap<Key, ColdRoom> {
    if (claim.spec.whenEmpty !== 'Cold') return new Map();
    return new Map(
      [...fit.pools].map(([key, pool]) => {
        const { count, againAt } = this.parts.coldStarts.room(pool, now);
        const taken = sum(shares.filter((share) => share.pool === key));
        return [key, { count: Math.max(0, Math.min(count, this.parts.shelf.room(claim, pool) - taken)), againAt }];
      }),
    );
  }

  /** Has whose turn it is decided anew. */
  call({ pools }: Fit): void {
    // claims that wait for the same pools are decided on together: one of them will do
    const [first] = pools.keys();
    if (first !== undefined) this.parts.bell.ring(first);
  }

  #available(claim: ContainerClaim, { pools }: Fit, most: number): ReadonlyMap<Key, Availability> {
    const { shelf } = this.parts;
    return new Map(
      [...pools].map(([key, pool]) => [
        key,
        { ready: shelf.available(claim, pool, most), room: shelf.room(claim, pool) },
      ]),
    );
  }
}

const sum = (shares: readonly Share[]): number => shares.reduce((total, { count }) => total + count, 0);

/** What it says of its waiting already. */
function saidBy({ status }: ContainerClaim): Turn['told'] {
  return { message: findCondition(status?.conditions, 'Delivered')?.message ?? '', queue: status?.queue };
}
