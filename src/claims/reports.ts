import { ContainerClaim, type ContainerClaimStatus } from '../api/container-claim.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { failuresBefore, type Journeys, type Lines, type Refusal, type StageContext } from '../line/index.js';
import { type Context, findCondition, isTrue, setCondition, writeStatus } from '../runtime/index.js';
import { sameJson } from '../support/digest.js';
import { type Duration, type Instant, second } from '../support/time.js';
import { degradedDraft } from './degraded.js';
import type { Ledger } from './ledger.js';
import type { Outcome } from './outcome.js';
import type { Board } from './queue/board.js';
import { isFinished, type Standing } from './standing.js';
import { claimStatus, endingStatus } from './status.js';

/** While a claim comes along, its counts are written at most so often; what a condition says is written at once. */
export const statusPause: Duration = second / 2;

/** When this process last wrote a claim's status, and which version of the claim that made. */
interface Written {
  readonly at: Instant;
  readonly version?: string | undefined;
}

export interface Report {
  readonly claim: ContainerClaim;
  readonly ledger: Ledger;
  readonly outcome: Outcome;
  /** How many slots were filled anew, of a claim that was delivered before. */
  readonly replaced: number;
}

/** Writes what is to be said of claims, and paces that. */
export class Reports {
  /** Only to pace the writes. */
  readonly #written = new Map<Key, Written>();

  constructor(
    private readonly book: Lines,
    private readonly board: Board,
    private readonly journeys: Journeys,
  ) {}

  /** One write, and none when it would say the same again. False when it has to wait: nothing but counts has changed. */
  async write({ claim, ledger, outcome, replaced }: Report, context: StageContext): Promise<boolean> {
    const { plan, refusal } = outcome;
    const standing: Standing =
      refusal === undefined ? plan.standing : { phase: 'refused', reason: 'NotAllowed', message: refusal };
    // nothing is said before it is known what
    if (standing.phase === 'undecided') return true;
    const now = context.clock.now();
    const told = claimStatus({
      claim,
      ledger,
      standing,
      hooksOf: (pod) => this.book.hooksFor(pod, claim.spec),
      expiresAt: plan.expiresAt,
      replaced,
      refusals: outcome.refusals,
      now,
    });
    if (sameJson(told, claim.status ?? {})) {
      if (isTrue(told.conditions, 'Ready')) this.journeys.settle(claim);
      return true;
    }
    const status = { ...told, ...this.journeys.told(claim) };
    const key = keyOf(nameOf(claim));
    const last = this.#written.get(key);
    // what was replaced is known to this reconcile alone: left unwritten, it would be lost
    const canWait = replaced === 0 && (sameTruths(claim, status) || isContested(claim, last));
    if (canWait && now - (last?.at ?? -Infinity) < statusPause) return false;
    this.#written.set(key, { at: now });
    const call = { flow: 'delivery', signal: context.signal } as const;
    const written = await writeStatus(context.cluster, ContainerClaim, claim, status, call);
    if (written) this.#written.set(key, { at: now, version: written.metadata.resourceVersion });
    this.board.said(key, findCondition(status.conditions, 'Delivered')?.message);
    warn(claim, standing, context);
    tellFailures(claim, ledger, context);
    return true;
  }

  /** Of a claim that is going: what keeps it. */
  async writeEnding(
    claim: ContainerClaim,
    ledger: Ledger,
    refusals: readonly Refusal[],
    { cluster, clock, signal }: StageContext,
  ): Promise<void> {
    const { status } = claim;
    if (!status) return;
    const observedGeneration = claim.metadata.generation ?? 1;
    const conditions = degradedDraft(status.conditions, refusals).reduce(
      (all, draft) => setCondition(all, { ...draft, observedGeneration }, clock.now()),
      status.conditions,
    );
    // one that goes without resistance is not reported on
    const counts = refusals.length > 0 ? endingStatus(claim, ledger) : {};
    const told = { ...status, ...counts, ...(conditions && { conditions }) };
    if (sameJson(told, status)) return;
    await writeStatus(cluster, ContainerClaim, claim, told, { signal });
  }

  /** The claim is gone, or going. */
  forget(claim: Key): void {
    this.#written.delete(claim);
  }
}

/** Whether somebody else has written since: of two leaders that see different things each would have the last word at once. */
function isContested({ metadata }: ContainerClaim, last: Written | undefined): boolean {
  return last?.version !== undefined && last.version !== metadata.resourceVersion;
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
  if (standing.phase === 'delivering' || standing.phase === 'waiting' || standing.phase === 'undecided') return;
  if (standing.phase === 'finished' && (standing.reason === 'LifetimeEnded' || isFinished(claim))) return;
  if (before?.reason === standing.reason) return;
  const type = standing.reason === 'Complete' ? 'Normal' : 'Warning';
  events.record(claim, type, standing.reason, standing.message);
}

/** Of each container whose work failed, once: as soon as the status counts it. */
function tellFailures(claim: ContainerClaim, { failed }: Ledger, { events }: Context): void {
  const known = new Map(claim.status?.retries?.map(({ index, failures }) => [index, failures]));
  if (isFinished(claim)) return;
  for (const { slot, pod, ending } of failed)
    if (failuresBefore(pod) >= (known.get(slot.index) ?? 0))
      events.record(claim, 'Warning', 'ContainerFailed', `pod ${pod.metadata.name}: ${ending.why}`);
}
