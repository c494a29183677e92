import { ContainerClaim } from '../../api/container-claim.js';
import { type Key, keyOf, type Ref } from '../../api/meta/resource.js';
import {
  again,
  type Bell,
  type Cache,
  type Context,
  done,
  findCondition,
  type Reconciler,
  type Result,
} from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { type Duration, type Instant, minute, second } from '../../support/time.js';
import type { Share } from '../offer.js';
import type { Fits } from '../pools.js';
import type { Shelf } from '../shelf.js';
import { nobody } from '../tenants.js';
import type { Awaited, Board } from './board.js';
import { decide } from './decide.js';
import { type LineUp, lineUp } from './line-up.js';
import { totalOf } from './allocate.js';
import { sentence } from './tell.js';
import { Crier } from './crier.js';
import { survey } from './survey.js';
import type { QueueView, Turn } from './view.js';

/** A queue looks again by itself now and then, should an event have been missed: a long one, which takes longer to decide on, less often. */
const patience = { least: 30 * second, perClaim: 0.03 * second, most: 5 * minute };
/** Between two decisions about a queue passes at least so many times what the last one took: it may be long. */
const rest = 4;
/** And for each claim in it so long: where time is virtual, none passes while a decision is made. */
const restPerClaim: Duration = 0.02;

export interface QueueParts {
  readonly cache: Cache;
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly fits: Fits;
  readonly board: Board;
  /** Wakes the claims that have something to do. */
  readonly bell: Bell;
}

/**
 * Decides whose turn it is where claims wait: once for a burst of changes, for all claims that wait for the same pools. It
 * writes nothing; the claims act on what it puts on the board.
 */
export class QueueController implements Reconciler {
  readonly #crier = new Crier();
  /** When each pool's queue may be looked at again. */
  readonly #notBefore = new Map<Key, Instant>();

  constructor(private readonly parts: QueueParts) {}

  /** @param ref a pool */
  reconcile(ref: Ref, { term }: Context): Promise<Result> {
    const { clock, board } = this.parts;
    board.begin(term);
    const start = clock.now();
    const early = (this.#notBefore.get(keyOf(ref)) ?? start) - start;
    if (early > 0) return Promise.resolve(again(early));
    const queue = lineUp(keyOf(ref), this.parts);
    if (queue.claims.size === 0) {
      this.#notBefore.delete(keyOf(ref));
      board.decided(keyOf(ref), undefined);
      return Promise.resolve(done);
    }
    const view = survey(queue, this.parts, start);
    const { turns, length } = decide(view);
    const later = this.#post(queue, view, turns, length);
    for (const [at, pool] of [...queue.pools.keys()].entries()) board.decided(pool, awaitedAt(at, turns));
    const now = clock.now();
    const pause = Math.max(rest * (now - start), restPerClaim * queue.claims.size);
    for (const pool of queue.pools.keys()) this.#notBefore.set(pool, now + pause);
    return Promise.resolve(again(Math.min(patienceWith(queue.claims.size), later)));
  }

  /** Returns after how long what could not be told yet may be told. */
  #post(queue: LineUp, view: QueueView, turns: readonly Turn[], length: number): Duration {
    const { board, bell, clock, cache } = this.parts;
    const keys = [...queue.pools.keys()];
    const now = clock.now();
    this.#crier.begin(now);
    for (const turn of turns) {
      const { key } = turn.applicant;
      const shares = sharesOf(turn, view, keys);
      const claim = cache.get(ContainerClaim, key);
      const said = claim && {
        queue: claim.status?.queue,
        message: findCondition(claim.status?.conditions, 'Delivered')?.message ?? '',
      };
      const { waits } = turn;
      const message = () => sentence(wordsOf(queue, view, turn, length));
      const told = waits && this.#crier.tell(key, said, { place: waits.place, length }, message);
      board.post(
        key,
        keys.filter((_, at) => turn.applicant.pools.includes(at)),
        { shares, told },
      );
      const isNew = claim?.status?.queue === undefined;
      if (shares.length > 0 || told || isNew) bell.ring(key);
    }
    return this.#crier.nextAt() - now;
  }
}

const patienceWith = (claims: number): Duration =>
  Math.min(patience.most, Math.max(patience.least, claims * patience.perClaim));

/** @param pool its place in the view */
function awaitedAt(pool: number, turns: readonly Turn[]): Awaited {
  const tenants = new Set<string>();
  let [stock, more] = [false, false];
  for (const { applicant, waits } of turns) {
    if (!waits || !applicant.pools.includes(pool)) continue;
    if (waits.cause === 'stock') stock = true;
    else if (waits.cause === 'never') more = true;
    else tenants.add(applicant.tenant);
  }
  return { stock, more, tenants };
}

function sharesOf({ grant, applicant }: Turn, { bins }: QueueView, keys: readonly Key[]): readonly Share[] {
  const shares = new Map<string, { item: string; pool: Key; count: number }>();
  for (const { need, bin, count } of grant) {
    const [item, pool] = [applicant.needs[need]?.item ?? '', keys[bins[bin]?.pool ?? -1] ?? ''];
    const at = `${item}/${pool}`;
    const share = shares.get(at);
    if (share) share.count += count;
    else shares.set(at, { item, pool, count });
  }
  return [...shares.values()];
}

function wordsOf({ pools }: LineUp, view: QueueView, { applicant, grant, reserved, waits }: Turn, length: number) {
  const all = [...pools.values()];
  const { tenant, least, needs } = applicant;
  const { place, cause, ahead } = waits ?? { place: 1, cause: 'stock', ahead: { kept: 0, first: undefined } };
  const lacks = needs.reduce((sum, { count }) => sum + count, 0) - totalOf(grant);
  return {
    queue: { place, length },
    cause,
    lacks,
    least: grant.length === 0 ? least : 1,
    kept: totalOf(reserved),
    ahead,
    tenant,
    pools: applicant.pools.flatMap((at) => {
      const pool = all[at];
      if (!pool) return [];
      const holdings = view.holdings.get(tenant ?? nobody) ?? [];
      const held = holdings.reduce((sum, one) => (one.pool === at ? sum + one.use.containers : sum), 0);
      return [{ pool, ceiling: view.pools[at]?.ceiling ?? 0, held, most: view.rules(tenant, at).maxContainers }];
    }),
  };
}
