import type { Pod } from '../api/kubernetes.js';
import {
  claimUidOf,
  type DeliverWork,
  isDelivered,
  type ReclaimWork,
  type Refusal,
  refusalsIn,
  soonestRetry,
  type Verdict,
} from '../line/index.js';
import type { Duration } from '../support/time.js';
import type { ClaimPlan } from './plan.js';
import { isRetry } from './retry.js';

type Verdicts = readonly Verdict<DeliverWork>[];

/** What a pass over a claim came to. */
export interface Outcome {
  readonly plan: ClaimPlan;
  /** Why the server refuses the claim as such: other containers would fare no better. */
  readonly refusal?: string;
  readonly retryAfter?: Duration;
  /** Containers that could not be deleted, or changed. */
  readonly refusals: readonly Refusal[];
  /** How many containers the server did not let it have. */
  readonly turnedDown: number;
  /** Not all that was planned was delivered: plan once more. */
  readonly short: boolean;
  /** All that is left in stock is being taken by others: that takes time, and planning once more at once gains nothing. */
  readonly stuck: boolean;
  /** How many slots have got a container for the first time, or in place of one that was lost: not those that are tried again. */
  readonly filled: number;
}

export interface Pass {
  readonly plan: ClaimPlan;
  /** Of the containers that the claim had and of those that it took. */
  readonly verdicts: Verdicts;
  /** Of the containers that were to go, or to be put aside. */
  readonly reclaimed: readonly Verdict<{ readonly pod: Pod }>[];
  readonly taken: number;
  /** What was made for it. */
  readonly cold: { readonly made: number; readonly refusal?: string };
}

export function outcomeOf({ plan, verdicts, reclaimed, taken, cold }: Pass): Outcome {
  const failures = verdicts.filter((verdict) => verdict.verdict === 'fail');
  const fresh = verdicts.slice(verdicts.length - taken);
  const turnedDown = fresh.filter(isTurnedDown);
  const missed = fresh.filter((one) => one.verdict === 'fail' || isTurnedDown(one) || isPutOff(one));
  const triedAgain = [...plan.take, ...plan.cold].filter(({ slot }) => isRetry(slot));
  const refusal = cold.refusal ?? refusedResize(failures) ?? refusedItem(fresh) ?? hopeless(verdicts);
  const retryAfter = soonestRetry([...verdicts, ...reclaimed]);
  return {
    plan,
    refusals: refusalsIn([...verdicts, ...reclaimed]),
    turnedDown: turnedDown.length,
    short: lacks(failures, turnedDown, reclaimed) || taken < plan.take.length,
    stuck: taken === 0 && plan.take.length > 0,
    filled: Math.max(0, taken + cold.made - missed.length - triedAgain.length),
    ...(refusal === undefined ? {} : { refusal }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** Another takes the place of a container that has to go only when that has gone, or cannot be made to. */
function lacks(failures: Verdicts, turnedDown: Verdicts, reclaimed: Pass['reclaimed']): boolean {
  const going = new Set(
    reclaimed.flatMap((one) => (one.verdict === 'retry' && !one.refusal ? one.work.pod.metadata.uid : [])),
  );
  const gone = failures.filter(({ work }) => !going.has(work.pod.metadata.uid));
  return gone.length > 0 || turnedDown.length > 0;
}

/** A container that the claim has not got yet: a stage of its line has no turn for it. */
const isPutOff = (one: Verdicts[number]): boolean =>
  one.verdict === 'retry' && claimUidOf(one.work.pod) !== one.work.claim.metadata.uid;

/** The claim did not get the container, because the server refuses to hand over this one, or does not take its Secret. */
const isTurnedDown = (one: Verdicts[number]): boolean =>
  !isDelivered(one.work.pod) && one.verdict !== 'pass' && words(one) !== undefined;

const words = (one: Verdicts[number]): string | undefined =>
  one.verdict === 'fail' && one.consequence === 'abort'
    ? one.why
    : one.verdict === 'retry'
      ? one.refusal?.message
      : undefined;

/** Of a container that is the claim's already: what is refused to one would be to all of its size. */
const refusedResize = (failures: Verdicts): string | undefined =>
  failures.flatMap((one) => (isDelivered(one.work.pod) ? (words(one) ?? []) : []))[0];

/** Why an item cannot be delivered, when none of the containers that were taken for it was let go: then no other would be. */
function refusedItem(fresh: Verdicts): string | undefined {
  const served = new Set(fresh.filter((one) => !isTurnedDown(one)).map(({ work }) => work.slot.itemName));
  const refused = fresh.find((one) => isTurnedDown(one) && !served.has(one.work.slot.itemName));
  return refused && words(refused);
}

/** Where one container alone was turned down, that may be for its own sake: what another fares decides over the claim. */
export const isLoneRefusal = ({ refusal, turnedDown }: Outcome): boolean => refusal !== undefined && turnedDown === 1;

/** Whether another pass may deliver what this one could not. */
export function isWorthwhile({ short, stuck, refusal }: Outcome): boolean {
  return short && !stuck && refusal === undefined;
}

/** Containers that others have got, or are about to, and those that this claim cannot have. */
export function lostIn(verdicts: Verdicts): readonly Pod[] {
  return verdicts.flatMap((one) =>
    isTurnedDown(one) || (one.verdict === 'fail' && one.consequence === 'another') ? [one.work.pod] : [],
  );
}

/** Containers that are the claim's and of no use to it: they go. */
export function spoilt(verdicts: Verdicts): readonly ReclaimWork[] {
  return failed(verdicts, ({ consequence }) => consequence === 'discard' || consequence === 'replace');
}

/** Those that are to be looked at before they go. */
export function suspicious(verdicts: Verdicts): readonly ReclaimWork[] {
  return failed(verdicts, ({ consequence }) => consequence === 'quarantine');
}

function failed(
  verdicts: Verdicts,
  concerns: (verdict: Verdicts[number] & { readonly verdict: 'fail' }) => boolean,
): readonly ReclaimWork[] {
  return verdicts.flatMap((verdict) =>
    verdict.verdict === 'fail' && concerns(verdict) ? [{ pod: verdict.work.pod, why: verdict.why }] : [],
  );
}

/** Why an item cannot be delivered, when all its containers are spoilt: more of them would cost the stock and gain nothing. */
function hopeless(verdicts: Verdicts): string | undefined {
  const worked = new Set(
    verdicts.flatMap((verdict) =>
      verdict.verdict === 'fail' && verdict.consequence === 'discard' ? [] : [verdict.work.slot.itemName],
    ),
  );
  for (const verdict of verdicts) {
    if (verdict.verdict === 'fail' && verdict.consequence === 'discard' && !worked.has(verdict.work.slot.itemName)) {
      return `item ${verdict.work.slot.itemName}: ${verdict.why}`;
    }
  }
  return undefined;
}
