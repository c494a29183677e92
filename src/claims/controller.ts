import { ContainerClaim, type ContainerClaimStatus } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import { origins } from '../api/names.js';
import type { Cluster } from '../cluster/cluster.js';
import { NotFound } from '../cluster/errors.js';
import { statusPatch } from '../cluster/patch.js';
import {
  claimUidOf,
  type DeliverWork,
  type Line,
  matchOldest,
  type ReclaimWork,
  type Slot,
  soonestRetry,
  type StageContext,
} from '../line/index.js';
import {
  again,
  type Cache,
  type Context,
  done,
  findCondition,
  type Reconciler,
  type Result,
} from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { canonicalJson } from '../support/digest.js';
import { type Duration, type Instant, second } from '../support/time.js';
import { makeCold, moveWithin, withKeepers } from './acts.js';
import { indexes, poolKeyOfClaim } from './indexes.js';
import { type Ledger, readLedger } from './ledger.js';
import { isServed, planClaim, type Standing } from './plan.js';
import { type Outcome, outcomeOf, spoilt } from './outcome.js';
import { Shelf } from './shelf.js';
import { claimStatus } from './status.js';

/** Passes over one claim within a reconcile: containers that others took are replaced in the next. */
const passes = 20;
/** A waiting claim looks again by itself now and then, should an event have been missed. */
const patience: Duration = 30 * second;
/** While a claim comes along, its counts are written at most so often; what a condition says is written at once. */
const statusPause: Duration = second / 2;
/** A claim that the server refuses to serve (a right is missing, say) is tried again after so long. */
const refusalPause: Duration = 30 * second;

export interface ClaimLines {
  readonly deliver: Line<DeliverWork>;
  readonly reclaim: Line<ReclaimWork>;
}

/** Delivers claims from pools, keeps them delivered, and takes their containers back. */
export class ClaimController implements Reconciler {
  readonly #shelf: Shelf;
  /** When each claim's status was last written by this process: only to pace the writes. */
  readonly #reported = new Map<string, Instant>();

  constructor(
    private readonly cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly lines: ClaimLines,
  ) {
    this.#shelf = new Shelf(cache);
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const stage: StageContext = { ...context, cluster: this.cluster, clock: this.clock };
    const claim = this.cache.get(ContainerClaim, keyOf(ref));
    const strays = this.#pods(ref).filter(
      (pod) => claimUidOf(pod) !== claim?.metadata.uid || claim?.metadata.deletionTimestamp !== undefined,
    );
    const waits = strays.length > 0 ? await this.#takeBack(ref, strays, stage) : [];
    if (claim && claim.metadata.deletionTimestamp === undefined) waits.push(...(await this.#serve(claim, stage)));
    else this.#reported.delete(keyOf(ref));
    return waits.length === 0 ? done : again(Math.min(...waits));
  }

  #pods(ref: Ref): readonly Pod[] {
    return [...this.cache.byIndex(Pod, indexes.podsOfClaim, keyOf(ref)).values()];
  }

  /**
   * The containers of a claim that is gone. Asks the server first: a cache that is behind must not cost anyone a
   * container. Returns when to look again.
   */
  async #takeBack(ref: Ref, strays: readonly Pod[], context: StageContext): Promise<Duration[]> {
    const live = await this.cluster.get(ContainerClaim, ref, { signal: context.signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    const alive = live?.metadata.deletionTimestamp === undefined ? live?.metadata.uid : undefined;
    const gone = strays.filter((pod) => claimUidOf(pod) !== alive);
    const verdicts = await this.lines.reclaim.runAll(
      gone.map((pod) => ({ pod, why: 'its claim was deleted' })),
      context,
    );
    const after = soonestRetry(verdicts);
    return after === undefined ? [] : [after];
  }

  /** Returns after how long to look again, for each reason that there is. */
  async #serve(claim: ContainerClaim, context: StageContext): Promise<readonly Duration[]> {
    // what was refused before is tried on one container first: a size that no node has must not cost the whole stock
    let outcome = await this.#pass(claim, wasRefused(claim) ? 1 : Infinity, context);
    let { filled } = outcome;
    for (let pass = 1; outcome.short && outcome.refusal === undefined && pass < passes; pass++) {
      outcome = await this.#pass(claim, Infinity, context);
      filled += outcome.filled;
    }
    const reported = await this.#report(claim, outcome, isServed(claim) ? filled : 0, context);
    return this.#waits(outcome, reported);
  }

  /** @param most how many containers may be taken from stock */
  async #pass(claim: ContainerClaim, most: number, context: StageContext): Promise<Outcome> {
    const poolKey = poolKeyOfClaim(claim);
    const pool = this.cache.get(ContainerPool, poolKey);
    const ledger = this.#ledger(claim);
    const plan = planClaim({ claim, pool, ledger, ready: this.#shelf.available(poolKey), now: this.clock.now() });
    const choices = matchOldest.select(plan.take.slice(0, most), this.#shelf.candidates(poolKey));
    using _ = this.#shelf.take(
      poolKey,
      choices.map(({ candidate }) => candidate),
    );
    const retired = await this.lines.reclaim.runAll(await withKeepers(plan.retire, context), context);
    for (const { pod, from, to } of plan.move) await moveWithin(claim, pod, from, to, context);
    const origin = hasWaited(claim) ? origins.waited : origins.stock;
    const { expiresAt } = plan;
    const work = (pod: Pod, slot: Slot): DeliverWork => ({
      claim,
      slot,
      pod,
      origin,
      ...(expiresAt === undefined ? {} : { expiresAt }),
    });
    const held = plan.standing.phase === 'finished' ? [] : ledger.held.map(({ pod, slot }) => work(pod, slot));
    const fresh = choices.map(({ need, candidate }) => work(candidate, need));
    const verdicts = await this.lines.deliver.runAll([...held, ...fresh], context);
    const discarded = await this.lines.reclaim.runAll(spoilt(verdicts), context);
    const refusal = pool && (await makeCold(pool, claim, plan, context));
    const reclaimed = [...retired, ...discarded];
    return outcomeOf({ plan, verdicts, reclaimed, taken: choices.length, coldRefusal: refusal });
  }

  #ledger(claim: ContainerClaim): Ledger {
    return readLedger(claim, this.#pods(nameOf(claim)));
  }

  /** One write, and none when it would say the same again. False when it has to wait: nothing but counts has changed. */
  async #report(claim: ContainerClaim, outcome: Outcome, replaced: number, context: StageContext): Promise<boolean> {
    const { plan, refusal } = outcome;
    const standing: Standing =
      refusal === undefined ? plan.standing : { phase: 'refused', reason: 'NotAllowed', message: refusal };
    const now = this.clock.now();
    const status = claimStatus({
      claim,
      ledger: this.#ledger(claim),
      standing,
      expiresAt: plan.expiresAt,
      replaced,
      now,
    });
    if (canonicalJson(status) === canonicalJson(claim.status ?? {})) return true;
    const key = keyOf(nameOf(claim));
    // what was replaced is known to this reconcile alone: left unwritten, it would be lost
    const canWait = replaced === 0 && sameTruths(claim, status);
    if (canWait && now - (this.#reported.get(key) ?? -Infinity) < statusPause) return false;
    this.#reported.set(key, now);
    await this.cluster.patch(ContainerClaim, nameOf(claim), statusPatch(claim, status), {
      subresource: 'status',
      flow: 'delivery',
      signal: context.signal,
    });
    warn(claim, standing, context);
    return true;
  }

  #waits({ plan, refusal, retryAfter, short }: Outcome, reported: boolean): readonly Duration[] {
    const waits = [
      plan.wakeAt === undefined ? undefined : Math.max(0, plan.wakeAt - this.clock.now()),
      plan.standing.phase === 'waiting' ? patience : undefined,
      refusal === undefined ? undefined : refusalPause,
      short && refusal === undefined ? second : undefined,
      reported ? undefined : statusPause,
      retryAfter,
    ];
    return waits.filter((wait) => wait !== undefined);
  }
}

/** Whether the claim has had to wait for stock: its status says so since its first reconcile. */
function hasWaited(claim: ContainerClaim): boolean {
  return claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Waiting') ?? false;
}

/** Whether the server has refused this claim as such. */
function wasRefused(claim: ContainerClaim): boolean {
  return claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'NotAllowed') ?? false;
}

/** Whether the conditions say the same as before, whatever the counts. */
function sameTruths({ status: before }: ContainerClaim, after: ContainerClaimStatus): boolean {
  return (after.conditions ?? []).every(
    ({ type, status }) => findCondition(before?.conditions, type)?.status === status,
  );
}

/** What a person should hear of, once: the status has just changed to it. */
function warn(claim: ContainerClaim, standing: Standing, { events }: Context): void {
  const before = claim.status?.conditions?.find(({ type }) => type === 'Delivered');
  if (standing.phase === 'delivering' || standing.phase === 'waiting') return;
  if (standing.phase === 'finished' && standing.reason === 'LifetimeEnded') return;
  if (before?.reason === standing.reason) return;
  events.record(claim, 'Warning', standing.reason, standing.message);
}
