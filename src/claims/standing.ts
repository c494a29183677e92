/** Where a claim stands: in what it says of itself, and in the words of its conditions. */
import type { ContainerClaim } from '../api/container-claim.js';
import { isTrue } from '../runtime/index.js';

/** Its place in the queue, as its status has it. */
export type QueuePlace = NonNullable<NonNullable<ContainerClaim['status']>['queue']>;

export type Standing =
  | { readonly phase: 'refused'; readonly reason: 'PoolNotFound' | 'NotAllowed'; readonly message: string }
  | { readonly phase: 'waiting'; readonly message: string; readonly queue?: QueuePlace | undefined }
  /** It is not known yet whose turn it is. */
  | { readonly phase: 'undecided' }
  | { readonly phase: 'delivering' }
  /** Ends with fewer than it asked for: its deadline passed, or it does not wait for stock. */
  | { readonly phase: 'settled'; readonly reason: 'DeadlineExceeded' | 'StockEmpty'; readonly message: string }
  | {
      readonly phase: 'finished';
      readonly reason: FinishReason;
      readonly message: string;
    };

/** `Complete` and `BackoffLimitExceeded` are a Job's words. */
export type FinishReason = 'Complete' | 'BackoffLimitExceeded' | 'LifetimeEnded' | 'DeadlineExceeded' | 'StockEmpty';

/** Whether the claim was delivered before: from then on lost containers are replaced, whatever its deadline says. */
export function isServed(claim: ContainerClaim): boolean {
  return isTrue(claim.status?.conditions, 'Delivered');
}

export function isFinished(claim: ContainerClaim): boolean {
  return isTrue(claim.status?.conditions, 'Finished');
}

/** Whether it was served with fewer than it asked for, and gets no more than these. */
export function isSettled(claim: ContainerClaim): boolean {
  const { grantedIndexes, conditions } = claim.status ?? {};
  const isPartial = conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Partial') ?? false;
  return isServed(claim) && (grantedIndexes !== undefined || isPartial);
}
