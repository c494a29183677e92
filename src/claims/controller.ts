import { ContainerClaim } from '../api/container-claim.js';
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
  type StageContext,
  type Verdict,
} from '../line/index.js';
import type { Cache } from '../runtime/cache.js';
import { again, type Context, done, type Reconciler, type Result } from '../runtime/reconciler.js';
import type { Clock } from '../support/clock.js';
import { canonicalJson } from '../support/digest.js';
import { type Duration, second } from '../support/time.js';
import { makeCold, moveWithin } from './acts.js';
import { indexes, poolKeyOfClaim } from './indexes.js';
import { type Ledger, readLedger } from './ledger.js';
import { type ClaimPlan, isServed, planClaim, type Standing } from './plan.js';
import { Shelf } from './shelf.js';
import { claimStatus } from './status.js';

/** Passes over one claim within a reconcile: containers that others took are replaced in the next. */
const passes = 20;
/** A waiting claim looks again by itself now and then, should an event have been missed. */
const patience: Duration = 30 * second;
/** A claim that the server refuses to serve (a right is missing, say) is tried again after so long. */
const refusalPause: Duration = 30 * second;

export interface ClaimLines {
  readonly deliver: Line<DeliverWork>;
  readonly reclaim: Line<ReclaimWork>;
}

/** What a pass over a claim came to. */
interface Outcome {
  readonly plan: ClaimPlan;
  /** Why the server refuses the hand-over or resize as such. */
  readonly refusal?: string;
  readonly retryAfter?: Duration;
  /** Containers were lost to others or spoilt: plan once more. */
  readonly short: boolean;
  readonly filled: number;
}

/** Delivers claims from pools, keeps them delivered, and takes their containers back. */
export class ClaimController implements Reconciler {
  readonly #shelf: Shelf;

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
    if (strays.length > 0) await this.#takeBack(ref, strays, stage);
    if (!claim || claim.metadata.deletionTimestamp !== undefined) return done;
    return this.#serve(claim, stage);
  }

  #pods(ref: Ref): readonly Pod[] {
    return [...this.cache.byIndex(Pod, indexes.podsOfClaim, keyOf(ref)).values()];
  }

  /** The containers of a claim that is gone. Asks the server first: a cache that is behind must not cost anyone a container. */
  async #takeBack(ref: Ref, strays: readonly Pod[], context: StageContext): Promise<void> {
    const live = await this.cluster.get(ContainerClaim, ref, { signal: context.signal }).catch((error: unknown) => {
      if (error instanceof NotFound) return undefined;
      throw error;
    });
    const alive = live?.metadata.deletionTimestamp === undefined ? live?.metadata.uid : undefined;
    const gone = strays.filter((pod) => claimUidOf(pod) !== alive);
    await this.lines.reclaim.runAll(
      gone.map((pod) => ({ pod, why: 'its claim was deleted' })),
      context,
    );
  }

  async #serve(claim: ContainerClaim, context: StageContext): Promise<Result> {
    let outcome = await this.#pass(claim, context);
    let replaced = outcome.filled;
    for (let pass = 1; outcome.short && outcome.refusal === undefined && pass < passes; pass++) {
      outcome = await this.#pass(claim, context);
      replaced += outcome.filled;
    }
    await this.#report(claim, outcome, isServed(claim) ? replaced : 0, context);
    return this.#next(outcome);
  }

  async #pass(claim: ContainerClaim, context: StageContext): Promise<Outcome> {
    const poolKey = poolKeyOfClaim(claim);
    const pool = this.cache.get(ContainerPool, poolKey);
    const ledger = this.#ledger(claim);
    const plan = planClaim({ claim, pool, ledger, ready: this.#shelf.available(poolKey), now: this.clock.now() });
    const choices = matchOldest.select(plan.take, this.#shelf.candidates(poolKey));
    using _ = this.#shelf.take(
      poolKey,
      choices.map(({ candidate }) => candidate),
    );
    await this.lines.reclaim.runAll(plan.retire, context);
    for (const { pod, from, to } of plan.move) await moveWithin(claim, pod, from, to, context);
    const origin = hasWaited(claim) ? origins.waited : origins.stock;
    const work = (pod: Pod, slot: DeliverWork['slot']): DeliverWork => ({
      claim,
      slot,
      pod,
      origin,
      ...(plan.expiresAt === undefined ? {} : { expiresAt: plan.expiresAt }),
    });
    const fresh = choices.map(({ need, candidate }) => work(candidate, need));
    const held = plan.standing.phase === 'finished' ? [] : ledger.held.map(({ pod, slot }) => work(pod, slot));
    const verdicts = await this.lines.deliver.runAll([...held, ...fresh], context);
    if (pool) await makeCold(pool, claim, plan, context);
    const spoilt = verdicts.flatMap((verdict) =>
      verdict.verdict === 'fail' && verdict.consequence === 'discard'
        ? [{ pod: verdict.work.pod, why: verdict.why }]
        : [],
    );
    await this.lines.reclaim.runAll(spoilt, context);
    return { plan, ...summary(verdicts), filled: choices.length + plan.cold.length };
  }

  #ledger(claim: ContainerClaim): Ledger {
    return readLedger(claim, this.#pods(nameOf(claim)));
  }

  /** One write, and none when it would say the same again. */
  async #report(claim: ContainerClaim, outcome: Outcome, replaced: number, context: StageContext): Promise<void> {
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
    if (canonicalJson(status) === canonicalJson(claim.status ?? {})) return;
    await this.cluster.patch(ContainerClaim, nameOf(claim), statusPatch(claim.status, status), {
      subresource: 'status',
      flow: 'delivery',
      signal: context.signal,
    });
    warn(claim, standing, context);
  }

  #next({ plan, refusal, retryAfter, short }: Outcome): Result {
    const waits = [
      plan.wakeAt === undefined ? undefined : Math.max(0, plan.wakeAt - this.clock.now()),
      plan.standing.phase === 'waiting' ? patience : undefined,
      refusal === undefined ? undefined : refusalPause,
      short && refusal === undefined ? second : undefined,
      retryAfter,
    ].filter((wait) => wait !== undefined);
    return waits.length === 0 ? done : again(Math.min(...waits));
  }
}

/** Whether the claim has had to wait for stock: its status says so since its first reconcile. */
function hasWaited(claim: ContainerClaim): boolean {
  return claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Waiting') ?? false;
}

function summary(verdicts: readonly Verdict<DeliverWork>[]): Omit<Outcome, 'plan' | 'filled'> {
  let refusal: string | undefined;
  let retryAfter: Duration | undefined;
  let short = false;
  for (const verdict of verdicts) {
    if (verdict.verdict === 'pass') continue;
    if (verdict.verdict === 'retry') {
      if (verdict.after !== undefined) retryAfter = Math.min(retryAfter ?? Infinity, verdict.after);
    } else {
      short = true;
      if (verdict.consequence === 'abort') refusal ??= verdict.why;
    }
  }
  return { short, ...(refusal === undefined ? {} : { refusal }), ...(retryAfter === undefined ? {} : { retryAfter }) };
}

/** What a person should hear of, once: the status has just changed to it. */
function warn(claim: ContainerClaim, standing: Standing, { events }: Context): void {
  const before = claim.status?.conditions?.find(({ type }) => type === 'Delivered');
  if (standing.phase === 'delivering' || standing.phase === 'waiting') return;
  if (standing.phase === 'finished' && standing.reason === 'LifetimeEnded') return;
  if (before?.reason === standing.reason) return;
  events.record(claim, 'Warning', standing.reason, standing.message);
}
