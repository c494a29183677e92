import { type DeliverWork, type ReclaimWork, soonestRetry, type Verdict } from '../line/index.js';
import type { Duration } from '../support/time.js';
import type { ClaimPlan } from './plan.js';

type Verdicts = readonly Verdict<DeliverWork>[];

/** What a pass over a claim came to. */
export interface Outcome {
  readonly plan: ClaimPlan;
  /** Why the server refuses the claim as such: other containers would fare no better. */
  readonly refusal?: string;
  readonly retryAfter?: Duration;
  /** Not all that was planned was delivered: plan once more. */
  readonly short: boolean;
  /** How many slots have got a container. */
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
  const refusal = coldRefusal ?? failures.find(({ consequence }) => consequence === 'abort')?.why ?? hopeless(verdicts);
  const retryAfter = soonestRetry([...verdicts, ...reclaimed]);
  return {
    plan,
    short: failures.length > 0 || taken < plan.take.length,
    filled: Math.max(0, taken + plan.cold.length - failures.length),
    ...(refusal === undefined ? {} : { refusal }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

/** Containers that are the claim's and of no use to it. */
export function spoilt(verdicts: Verdicts): readonly ReclaimWork[] {
  return verdicts.flatMap((verdict) =>
    verdict.verdict === 'fail' && verdict.consequence === 'discard'
      ? [{ pod: verdict.work.pod, why: verdict.why }]
      : [],
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
