/** In which order claims come, as shares change with each that is served. */
import { Heap } from '../../support/heap.js';
import { byAge, ownOrder } from './order.js';
import { dominantShare, Held, nothing, plus } from './share.js';
import type { Applicant, QueueView } from './view.js';

/** The claims of one tenant that the same pools serve, in their order: only the first of them can be next. */
interface Lane {
  readonly tenant: string;
  readonly pools: readonly number[];
  readonly claims: Iterator<Applicant, undefined>;
  readonly held: Held;
}

interface Candidate {
  readonly lane: Lane;
  readonly claim: Applicant;
  /** The tenant's, as of when the candidate was put into the heap: it can only have grown since. */
  readonly share: number;
}

/**
 * The claim of the highest priority goes first; of equal ones that of the tenant with the smallest share of its pools; then
 * the oldest.
 */
export class Turns {
  readonly #candidates = new Heap<Candidate>(
    (a, b) => b.claim.priority - a.claim.priority || a.share - b.share || byAge(a.claim, b.claim),
  );

  /** @param granted how many containers of a pool a tenant has got since the view was taken; it never falls */
  constructor(
    private readonly view: QueueView,
    applicants: readonly Applicant[],
    private readonly granted: (tenant: string, pool: number) => number,
  ) {
    for (const lane of lanesOf(view, applicants)) this.#advance(lane);
  }

  /** Whose turn it is, again and again until `next` is called with true: this claim has had its turn. */
  *[Symbol.iterator](): Generator<Applicant, void, boolean> {
    for (let first = this.#candidates.pop(); first; first = this.#candidates.pop()) {
      const share = this.#shareOf(first.lane);
      if (share > first.share) {
        this.#candidates.push({ ...first, share });
        continue;
      }
      const isOver = yield first.claim;
      if (isOver) this.#advance(first.lane);
      else this.#candidates.push({ ...first, share: this.#shareOf(first.lane) });
    }
  }

  #advance(lane: Lane): void {
    const { done, value: claim } = lane.claims.next();
    if (done) return;
    lane.held.advanceTo(claim);
    this.#candidates.push({ lane, claim, share: this.#shareOf(lane) });
  }

  /** The greatest of the tenant's shares of the pools that the claim can use: naming more pools makes it no smaller. */
  #shareOf({ tenant, pools, held }: Lane): number {
    let share = 0;
    for (const pool of pools) {
      const { total, each } = this.view.pools[pool] ?? { total: nothing, each: nothing };
      const used = plus(held.of(pool), each, this.granted(tenant, pool));
      share = Math.max(share, dominantShare(used, total, this.view.rules(tenant, pool).weight));
    }
    return share;
  }
}

function lanesOf({ holdings }: QueueView, applicants: readonly Applicant[]): readonly Lane[] {
  const claims = new Map<string, Applicant[]>();
  for (const applicant of applicants) {
    const lane = `${applicant.pools.join()}/${applicant.tenant}`;
    const others = claims.get(lane);
    if (others) others.push(applicant);
    else claims.set(lane, [applicant]);
  }
  return [...claims.values()].flatMap((all) => {
    const [first] = all.sort(ownOrder);
    if (!first) return [];
    const { tenant, pools } = first;
    return [{ tenant, pools, claims: all.values(), held: new Held(holdings.get(tenant) ?? []) }];
  });
}
