import type { ContainerClaim } from '../api/container-claim.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { isNoLine, type Lines, nodeLoads, soonestRetry, type Slot, standsFor, type Verdict } from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import { type Duration, type Instant, second } from '../support/time.js';
import { inShape } from './fit/shapes.js';
import type { Holding } from './ledger.js';
import { Paced } from './paced.js';
import type { Eviction } from './plan.js';
import type { Fits } from './pools.js';
import type { Board } from './queue/board.js';
import { isWaitedFor } from './queue/line-up.js';
import type { Flight, Shelf } from './shelf.js';
import { nobody } from './tenants.js';

/** A replacement that comes to nothing is not followed by the next one at once: that could cost the whole stock. */
export const replacementPause: Duration = 30 * second;
/** After so long stock is looked at again for those that have found none. */
export const stockPause: Duration = 10 * second;

/** An eviction that had to wait for something else is looked at again after so long. */
const evictionPause: Duration = 2 * second;

/** A container in stock, on its way into the place of one that is asked to go. */
export interface Replacement extends Flight {
  /** The uid of that one. */
  readonly replaces: string;
}

export interface ReplacementParts {
  readonly cache: Cache;
  readonly shelf: Shelf;
  readonly fits: Fits;
  readonly board: Board;
  readonly book: Lines;
}

/** Finds containers in stock for the places of those that are asked to go, and paces what is done for these. */
export class Replacements {
  readonly #tried = new Paced();
  readonly #evicted = new Paced();

  constructor(private readonly parts: ReplacementParts) {}

  /**
   * One for each, where stock has one on the node where it is to be. None as long as a claim waits for one of the pools: that goes first.
   * @param lost uids of containers that others are taking
   */
  choose(
    claim: ContainerClaim,
    replace: readonly Holding[],
    lost: ReadonlySet<string>,
    now: Instant,
  ): readonly Replacement[] {
    const due = replace.filter(({ pod }) => this.#tried.isDue(pod.metadata.uid, now));
    if (due.length === 0) return [];
    const { fits, shelf } = this.parts;
    const fit = fits.of(claim);
    if (isWaitedFor(fit, keyOf(nameOf(claim)), claim.spec.tenant ?? nobody, this.parts)) return [];
    const unavailable = new Set(lost);
    const chosen: Replacement[] = [];
    for (const asked of due) {
      for (const key of fit.ranks.get(asked.slot.itemName) ?? []) {
        const pool = fit.pools.get(key);
        const line = pool && this.parts.book.of(pool);
        const taken = chosen.filter((one) => one.pool === key).length;
        if (!pool || !line || isNoLine(line) || shelf.room(claim, pool) <= taken) continue;
        const slot: Slot = { ...asked.slot, item: inShape(asked.slot.item, pool) };
        const candidates = [...shelf.candidates(claim, pool, unavailable)];
        const there = candidates.filter((pod) => standsFor(pod, asked.pod));
        const [choice] = line.match.select([slot], there, () => nodeLoads(this.parts.cache.list(Pod)));
        if (!choice) continue;
        const pod = choice.candidate;
        unavailable.add(pod.metadata.uid);
        chosen.push({ claim, slot, pod, pool: key, replaces: asked.pod.metadata.uid });
        break;
      }
    }
    for (const { replaces } of chosen) this.#tried.put(replaces, now, replacementPause);
    return chosen;
  }

  /**
   * Those that may be evicted now: their replacements have passed their line, and no budget has forbidden it just before.
   * @param passed uids of the claim's containers for which their line has nothing more to do
   */
  due(evict: readonly Eviction[], passed: ReadonlySet<string>, now: Instant) {
    return evict.filter(
      ({ pod, keeper }) => passed.has(keeper.metadata.uid) && this.#evicted.isDue(pod.metadata.uid, now),
    );
  }

  /** After how long to look again at those that were not evicted now. */
  nextDue(evict: readonly Eviction[], evicted: ReadonlySet<string>, now: Instant): Duration | undefined {
    const left = evict.filter(({ pod }) => !evicted.has(pod.metadata.uid));
    if (left.length === 0) return undefined;
    return Math.min(...left.map(({ pod }) => this.#evicted.wait(pod.metadata.uid, now) || evictionPause));
  }

  /** Hears what came of evictions. */
  note(verdicts: readonly Verdict<{ readonly pod: Pod }>[], now: Instant): void {
    for (const one of verdicts) {
      // a cache that is behind does not know for a while that it goes: it is not evicted, and counted, twice
      const after = one.verdict === 'pass' ? replacementPause : soonestRetry([one]);
      if (after !== undefined) this.#evicted.put(one.work.pod.metadata.uid, now, after);
    }
  }
}
