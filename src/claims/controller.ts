import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import { origins } from '../api/names.js';
import type { Cluster } from '../cluster/cluster.js';
import {
  claimUidOf,
  type DeliverWork,
  isNoLine,
  Journeys,
  type Line,
  nodeLoads,
  poolKeyOf,
  type QuarantineWork,
  type ReclaimWork,
  refusalsIn,
  type RenumberWork,
  type Slot,
  type StageContext,
  type Verdict,
  warnOfRefusals,
} from '../line/index.js';
import { again, type Bell, type Cache, type Context, done, type Reconciler, type Result } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import type { Random } from '../support/random.js';
import { type Duration, second } from '../support/time.js';
import { putAside } from './aside.js';
import { makeCold, type StartedCold, withKeepers } from './acts.js';
import { ColdStarts } from './cold-starts.js';
import { Desk } from './desk.js';
import { expireFinished } from './ttl.js';
import { endAll, type FarewellLines, letGo, outlive, readClaim, unfinishedAfter } from './farewell.js';
import { indexes } from './indexes.js';
import { type Ledger, readLedger } from './ledger.js';
import { type Assignment } from './offer.js';
import { isLoneRefusal, isWorthwhile, lostIn, type Outcome, outcomeOf, spoilt, suspicious } from './outcome.js';
import { type ClaimPlan, planClaim, type Turn } from './plan.js';
import { type Fits, poolsOf } from './pools.js';
import type { Board } from './queue/board.js';
import { readSecrets, type Secrets } from './secrets.js';
import { replacementPause, Replacements, stockPause } from './replacements.js';
import { Reports, statusPause } from './reports.js';
import type { Reserved } from './reserved.js';
import type { Flight, Shelf } from './shelf.js';
import { isFinished, isServed } from './standing.js';

/** Passes over one claim within a reconcile: containers that others took are replaced in the next. */
const passes = 20;
/** A claim that nobody has decided on by then asks again. */
const decisionPause: Duration = second;
/** A claim that the server refuses to serve (a right is missing, say) is tried again after so long. */
const refusalPause: Duration = 30 * second;

export interface ClaimLines extends FarewellLines {
  readonly deliver: Line<DeliverWork>;
  readonly quarantine: Line<QuarantineWork>;
  readonly renumber: Line<RenumberWork>;
}

/** What the claims share with the queues in which they wait. */
export interface SharedParts {
  readonly shelf: Shelf;
  readonly fits: Fits;
  readonly board: Board;
  /** Numbers of claims that migrations are filling, and that claims are. */
  readonly reserved: Reserved;
  /** Rings for pools whose queue has to be looked at. */
  readonly bell: Bell;
}

/** Delivers claims from pools, keeps them delivered, and takes their containers back. */
export class ClaimController implements Reconciler {
  readonly #desk: Desk;
  readonly #coldStarts: ColdStarts;
  readonly #journeys = new Journeys();
  readonly #reports: Reports;
  readonly #replacements: Replacements;

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly lines: ClaimLines,
    private readonly shared: SharedParts,
  ) {
    this.#coldStarts = new ColdStarts(cache);
    this.#desk = new Desk({ ...shared, cache, coldStarts: this.#coldStarts });
    this.#replacements = new Replacements({ ...shared, cache, book: lines.book });
    this.#reports = new Reports(lines.book, shared.board, this.#journeys);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    this.shared.board.begin(context.term);
    const claim = this.cache.get(ContainerClaim, keyOf(ref));
    const strays = this.#pods(ref).filter(
      (pod) => claimUidOf(pod) !== claim?.metadata.uid || claim?.metadata.deletionTimestamp !== undefined,
    );
    const waits = strays.length > 0 || isEnding(claim) ? await this.#takeBack(ref, strays, stage) : [];
    // until the report is written, what makes way for deliveries does so: the claim is not delivered before
    if (claim && !isEnding(claim)) waits.push(...(await this.lines.deliver.during(() => this.#serve(claim, stage))));
    else {
      this.#forget(keyOf(ref));
      if (claim) this.#journeys.end(claim.metadata.uid);
    }
    return waits.length === 0 ? done : again(Math.min(...waits));
  }

  #forget(key: Key): void {
    this.#reports.forget(key);
    this.shared.board.leave(key);
  }

  #pods(ref: Ref): readonly Pod[] {
    return [...this.cache.byIndex(Pod, indexes.podsOfClaim, keyOf(ref)).values()];
  }

  /**
   * The containers of a claim that is gone. Asks the server first: a cache that is behind must not cost anyone a
   * container. Returns when to look again.
   */
  async #takeBack(ref: Ref, strays: readonly Pod[], context: StageContext): Promise<Duration[]> {
    const claim = await readClaim(ref, context);
    const alive = isEnding(claim) ? undefined : claim?.metadata.uid;
    const gone = strays.filter((pod) => claimUidOf(pod) !== alive);
    const pods = gone.map((pod) => ({ pod, why: 'its claim was deleted' }));
    const verdicts = await endAll({ claim, poolOf: this.#poolOf, pods }, this.lines, context);
    if (claim && isEnding(claim)) {
      const refusals = refusalsIn(verdicts);
      warnOfRefusals(claim, refusals, context);
      await this.#reports.writeEnding(claim, this.#ledger(claim), refusals, context);
    }
    const after = unfinishedAfter(verdicts);
    if (after !== undefined) return [after];
    if (claim && isEnding(claim)) await letGo(claim, context);
    return [];
  }

  /** The pool that made a container. */
  readonly #poolOf = (pod: Pod): ContainerPool | undefined => this.cache.get(ContainerPool, poolKeyOf(pod) ?? '');

  get #aside() {
    return { cache: this.cache, quarantine: this.lines.quarantine, book: this.lines.book, poolOf: this.#poolOf };
  }

  /** Returns after how long to look again, for each reason that there is. */
  async #serve(present: ContainerClaim, context: StageContext): Promise<readonly Duration[]> {
    const claim = await outlive(present, this.shared.fits.of(present).pools.values(), this.lines.book, context);
    // what was refused before is tried on one container first: a size that no node has must not cost the whole stock
    const lost = new Set<string>();
    let outcome = await this.#pass(claim, wasRefused(claim) ? 1 : Infinity, lost, context);
    let { filled } = outcome;
    if (isLoneRefusal(outcome)) {
      const { refusal } = outcome;
      const next = await this.#pass(claim, 1, lost, context);
      outcome = next.stuck && refusal !== undefined ? { ...next, refusal } : next;
      filled += next.filled;
    }
    for (let pass = 1; isWorthwhile(outcome) && pass < passes; pass++) {
      outcome = await this.#pass(claim, Infinity, lost, context);
      filled += outcome.filled;
    }
    const ledger = this.#ledger(claim);
    warnOfRefusals(claim, outcome.refusals, context);
    const reported = await this.#reports.write(
      { claim, ledger, outcome, replaced: isServed(claim) ? filled : 0 },
      context,
    );
    const { phase } = outcome.plan.standing;
    if (outcome.refusal !== undefined || (phase !== 'waiting' && phase !== 'undecided'))
      this.shared.board.leave(keyOf(nameOf(claim)));
    else if (outcome.short) this.#desk.call(this.shared.fits.of(claim));
    const expiry = await expireFinished(claim, poolsOf(claim, this.cache), context);
    return [...this.#waits(outcome, reported), ...(expiry === undefined ? [] : [expiry])];
  }

  /**
   * @param most how many containers may be taken from stock
   * @param lost the uids of those that others are taking: they are not tried again, and those of this pass are added
   */
  async #pass(known: ContainerClaim, most: number, lost: Set<string>, context: StageContext): Promise<Outcome> {
    const sketch = this.#plan(known);
    const claim = isDelicate(known, sketch.plan) ? await this.#latest(known, context) : known;
    if (!claim) return outdated(sketch.plan);
    const { plan, ledger, turn } = claim === known ? sketch : this.#plan(claim);
    const filled = [...plan.take, ...plan.cold, ...plan.replace].map(({ slot }) => slot);
    using _filling = this.shared.reserved.take(
      claim.metadata.uid,
      filled.map(({ index }) => index),
    );
    const found = await readSecrets(claim, filled, context);
    // nothing is taken for a claim that could not be configured; what it has goes on
    const objection = 'objection' in found ? found.objection : undefined;
    const secrets: Secrets = 'secrets' in found ? found.secrets : new Map();
    const choices = objection === undefined ? this.#choose(claim, plan.take.slice(0, most), lost) : [];
    using _ = this.shared.shelf.take(choices);
    const now = this.clock.now();
    const replacing = objection === undefined ? this.#replacements.choose(claim, plan.replace, lost, now) : [];
    using _replacing = this.shared.shelf.take(replacing);
    this.shared.board.taken(keyOf(nameOf(claim)), turn.shares);
    const retired = await this.#end(claim, plan, context);
    const renumbered = await this.lines.renumber.runAll(
      plan.move.map((move) => ({ claim, ...move })),
      context,
    );
    const origin = hasWaited(claim) ? origins.waited : origins.stock;
    const { expiresAt } = plan;
    const work = (pod: Pod, slot: Slot): DeliverWork => ({
      claim,
      slot,
      pod,
      origin,
      ...(expiresAt !== undefined && { expiresAt }),
      ...secretOf(slot, secrets),
    });
    const held = plan.standing.phase === 'finished' ? [] : ledger.held.map(({ pod, slot }) => work(pod, slot));
    const fresh = choices.map(({ pod, slot }) => work(pod, slot));
    const coming = [
      ...(plan.standing.phase === 'finished' ? [] : ledger.replacements.map(({ pod, slot }) => work(pod, slot))),
      ...replacing.map(({ pod, slot, replaces }) => ({ ...work(pod, slot), replaces })),
    ];
    const { book } = this.lines;
    const all = await this.lines.deliver.runAll([...coming, ...held, ...fresh], context, {
      chainOf: (one) => book.delivering(one, this.#poolOf(one.pod)),
      note: this.#journeys.of(claim, fresh),
      owner: claim.metadata.uid,
    });
    // what becomes of a replacement is not told of the claim: it lacks nothing without it
    const [replacements, verdicts] = [all.slice(0, coming.length), all.slice(coming.length)];
    for (const { metadata } of lostIn(all)) lost.add(metadata.uid);
    const aside = await putAside(suspicious(all), this.#aside, context);
    const leaving = [...spoilt(all), ...aside.away];
    const discarded = await this.lines.reclaim.runAll(leaving, context, {
      chainOf: (work) => book.reclaiming(this.#poolOf(work.pod), work),
    });
    const evicted = await this.#evict(plan, verdicts, context);
    const started = objection === undefined ? await this.#startCold(claim, plan, secrets, context) : { made: 0 };
    const outcome = outcomeOf({
      plan,
      verdicts,
      reclaimed: [...retired, ...renumbered, ...aside.verdicts, ...discarded, ...evicted, ...replacements],
      taken: choices.length,
      cold: objection === undefined ? started : { ...started, refusal: objection },
    });
    const unanswered = plan.replace.length > replacing.length ? stockPause : undefined;
    const refused = replacements.some(({ verdict }) => verdict === 'fail') ? replacementPause : undefined;
    const going = new Set(evicted.filter(({ verdict }) => verdict === 'pass').map(({ work }) => work.pod.metadata.uid));
    const unevicted = this.#replacements.nextDue(plan.evict, going, this.clock.now());
    const waits = [unfinishedAfter(retired), unanswered, refused, unevicted, outcome.retryAfter];
    const retryAfter = waits.reduce(soonest, undefined);
    return {
      ...outcome,
      filled: outcome.filled + going.size,
      ...(retryAfter !== undefined && { retryAfter }),
    };
  }

  #plan(claim: ContainerClaim): { readonly plan: ClaimPlan; readonly ledger: Ledger; readonly turn: Turn } {
    const fit = this.shared.fits.of(claim);
    const ledger = this.#unreserved(claim);
    const now = this.clock.now();
    const turn = this.#desk.turnOf(claim, fit, ledger.missing);
    const coldRooms = this.#desk.coldRooms(claim, fit, turn.shares, now);
    const known = fit.pools.size + fit.objections.length > 0;
    return { plan: planClaim({ claim, known, fit, ledger, turn, coldRooms, now }), ledger, turn };
  }

  /** The claim as the server has it; `undefined`: it is gone, or going, and the cache does not know that yet. */
  async #latest(known: ContainerClaim, context: StageContext): Promise<ContainerClaim | undefined> {
    const live = await readClaim(nameOf(known), context);
    return live?.metadata.uid === known.metadata.uid && !isEnding(live) ? live : undefined;
  }

  /** The containers to take for these slots: of each pool as its line chooses them. */
  #choose(claim: ContainerClaim, take: readonly Assignment[], lost: ReadonlySet<string>): readonly Flight[] {
    const byPool = new Map<ContainerPool, Slot[]>();
    for (const { slot, pool } of take) {
      const slots = byPool.get(pool);
      if (slots) slots.push(slot);
      else byPool.set(pool, [slot]);
    }
    return [...byPool].flatMap(([pool, slots]) => {
      const line = this.lines.book.of(pool);
      if (isNoLine(line)) return [];
      const candidates = this.shared.shelf.candidates(claim, pool, lost);
      const choices = line.match.select(slots, candidates, () => nodeLoads(this.cache.list(Pod)));
      return choices.map(({ need, candidate }) => ({
        claim,
        slot: need,
        pod: candidate,
        pool: keyOf(nameOf(pool)),
      }));
    });
  }

  /** Makes containers for the claim itself. */
  async #startCold(
    claim: ContainerClaim,
    { cold, expiresAt }: ClaimPlan,
    secrets: Secrets,
    context: StageContext,
  ): Promise<StartedCold> {
    if (cold.length === 0) return { made: 0 };
    using _ = this.#coldStarts.start(cold);
    const lineOf = (pool: ContainerPool) => {
      const line = this.lines.book.of(pool);
      return isNoLine(line) ? undefined : line.version;
    };
    // awaited here: they count as under way until this function returns
    return await makeCold({ claim, cold, expiresAt, secrets, lineOf, random: this.random }, context);
  }

  /** Containers that the claim does not need any more. */
  async #end(
    claim: ContainerClaim,
    { retire, standing }: ClaimPlan,
    context: StageContext,
  ): Promise<readonly Verdict<ReclaimWork>[]> {
    const pods = await withKeepers(retire, context);
    // one that a claim gives up while it goes on is spoilt; those of a claim that has ended may serve again
    const ended = standing.phase === 'finished' ? claim : undefined;
    return endAll({ claim: ended, poolOf: this.#poolOf, pods }, this.lines, context);
  }

  /** Containers whose places others have taken, once these have passed their line. */
  async #evict(
    { evict }: ClaimPlan,
    verdicts: readonly Verdict<DeliverWork>[],
    context: StageContext,
  ): Promise<readonly Verdict<ReclaimWork>[]> {
    const passed = new Set(
      verdicts.flatMap(({ verdict, work }) => (verdict === 'pass' ? [work.pod.metadata.uid] : [])),
    );
    const due = await withKeepers(this.#replacements.due(evict, passed, this.clock.now()), context);
    const evicted = await endAll({ claim: undefined, poolOf: this.#poolOf, pods: due }, this.lines, context);
    this.#replacements.note(evicted, this.clock.now());
    return evicted;
  }

  #ledger(claim: ContainerClaim): Ledger {
    return readLedger(claim, this.#pods(nameOf(claim)), this.clock.now(), this.shared.shelf.isRefused);
  }

  /** What a migration is just bringing is not missing. */
  #unreserved(claim: ContainerClaim): Ledger {
    const ledger = this.#ledger(claim);
    const missing = ledger.missing.filter(({ index }) => !this.shared.reserved.has(claim.metadata.uid, index));
    return { ...ledger, missing };
  }

  #waits({ plan, refusal, retryAfter, short }: Outcome, reported: boolean): readonly Duration[] {
    const waits = [
      plan.wakeAt === undefined ? undefined : Math.max(0, plan.wakeAt - this.clock.now()),
      plan.standing.phase === 'undecided' ? decisionPause : undefined,
      refusal === undefined ? undefined : refusalPause,
      short && refusal === undefined ? second : undefined,
      reported ? undefined : statusPause,
      retryAfter,
    ];
    return waits.filter((wait) => wait !== undefined);
  }
}

const isEnding = (claim: ContainerClaim | undefined): boolean => claim?.metadata.deletionTimestamp !== undefined;

const secretOf = ({ item }: Slot, secrets: Secrets) => {
  const secret = item.secret && secrets.get(item.secret.name);
  return secret ? { secret } : {};
};

/**
 * Whether the claim is to be read from the server before this is done. What would go may have been served since, and its
 * deadline is over then. What is replaced, or made for it, would be deleted at once if the claim is gone, and be replaced
 * again, as long as the cache does not know.
 */
function isDelicate(claim: ContainerClaim, { standing, retire, ...plan }: ClaimPlan): boolean {
  if (standing.phase === 'finished') return !isFinished(claim) && retire.length > 0;
  const { take, cold, replace, evict } = plan;
  return cold.length + replace.length + evict.length > 0 || (isServed(claim) && take.length > 0);
}

/** Nothing is done or said until the cache knows more. */
const outdated = (plan: ClaimPlan): Outcome => ({
  plan: { ...plan, standing: { phase: 'undecided' }, wakeAt: undefined },
  short: false,
  stuck: false,
  filled: 0,
  refusals: [],
  turnedDown: 0,
});

const soonest = (a: Duration | undefined, b: Duration | undefined): Duration | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** Whether the claim has had to wait for stock: its status says so since its first reconcile. */
function hasWaited(claim: ContainerClaim): boolean {
  return claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Waiting') ?? false;
}

/** Whether the server has refused this claim as such. */
function wasRefused(claim: ContainerClaim): boolean {
  return claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'NotAllowed') ?? false;
}
