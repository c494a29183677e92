import type { Pod } from '../api/kubernetes.js';
import { claimUidOf, type DeliverWork, type ReclaimWork, soonestRetry, type Verdict } from '../line/index.js';
import type { Duration } from '../support/time.js';
import type { Assignment } from './offer.js';
import type { ClaimPlan } from './plan.js';
import { isRetry } from './retry.js';

type Verdicts = readonly Verdict<DeliverWork>[];

/** What a pass over a claim came to. */
export interface Outcome {
  readonly plan: ClaimPlan;
  /** Why the server refuses the claim as such: other containers would fare no better. */
  readonly refusal?: string;
  readonly retryAfter?: Duration;
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
  /** Of the containers that were to go. */
  readonly reclaimed: readonly Verdict<ReclaimWork>[];
  readonly taken: number;
  readonly coldRefusal: string | undefined;
}

export function outcomeOf({ plan, verdicts, reclaimed, taken, coldRefusal }: Pass): Outcome {
  const failures = verdicts.filter((verdict) => verdict.verdict === 'fail');
  const putOff = verdicts.filter((one) => one.verdict === 'retry' && !isItsOwn(one.work));
  // another takes the place of a container that had to go only when that has gone
  const stillGoing = reclaimed.filter(({ verdict }) => verdict === 'retry');
  const refusal = coldRefusal ?? failures.find(({ consequence }) => consequence === 'abort')?.why ?? hopeless(verdicts);
  const retryAfter = soonestRetry([...verdicts, ...reclaimed]);
  return {
    plan,
    short: failures.length > stillGoing.length || taken < plan.take.length,
    stuck: taken === 0 && plan.take.length > 0,
    filled: Math.max(
      0,
      taken + plan.cold.length - failures.length - putOff.length - count([...plan.take, ...plan.cold], isTriedAgain),
    ),
    ...(refusal === undefined ? {} : { refusal }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

const isTriedAgain = ({ slot }: Assignment): boolean => isRetry(slot);

const count = <T>(all: readonly T[], is: (one: T) => boolean): number => all.filter(is).length;

const isItsOwn = ({ pod, claim }: DeliverWork): boolean => claimUidOf(pod) === claim.metadata.uid;

/** Whether another pass may deliver what this one could not. */
export function isWorthwhile({ short, stuck, refusal }: Outcome): boolean {
  return short && !stuck && refusal === undefined;
}

/** Containers that others have got, or are about to. */
export function lostIn(verdicts: Verdicts): readonly Pod[] {
  return verdicts.flatMap((one) => (one.verdict === 'fail' && one.consequence === 'another' ? [one.work.pod] : []));
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
