import type { ContainerClaim } from '../api/container-claim.js';
import { desiredOf } from '../claims/slots.js';
import { findCondition, isTrue } from '../runtime/conditions.js';

/** How far a claim has come, in one word, counts and a sentence. */
export interface ClaimProgress {
  /**
   * `unseen`: no operator has looked at it yet; `refused`: its pool does not serve it; `ready`: it has all that it will
   * get, and all of that is ready; `complete`: all its work has succeeded; `failed`: more of its work has failed than
   * `backoffLimit` allows; `ended`: given up, or its lifetime is over.
   */
  readonly stage:
    | 'unseen'
    | 'refused'
    | 'waiting'
    | 'delivering'
    | 'delivered'
    | 'ready'
    | 'complete'
    | 'failed'
    | 'ended';
  readonly desired: number;
  readonly delivered: number;
  readonly ready: number;
  /** Containers whose program ended with 0. */
  readonly succeeded: number;
  /** How often the work of a container has failed. */
  readonly failed: number;
  readonly sentence: string;
  /** The condition's word for it, such as `DeadlineExceeded`. */
  readonly reason?: string;
}

/** Reads a claim's status. Pure. */
export function progressOf(claim: ContainerClaim): ClaimProgress {
  const { status } = claim;
  const counts = {
    desired: desiredOf(claim),
    delivered: status?.allocated ?? 0,
    ready: status?.ready ?? 0,
    succeeded: status?.succeeded ?? 0,
    failed: status?.failed ?? 0,
  };
  const conditions = status?.conditions;
  const told = (stage: ClaimProgress['stage'], type: string): ClaimProgress => {
    const condition = findCondition(conditions, type);
    return { stage, ...counts, sentence: condition?.message ?? '', reason: condition?.reason ?? '' };
  };
  if (!conditions?.length) return { stage: 'unseen', ...counts, sentence: 'no operator has looked at the claim yet' };
  if (isTrue(conditions, 'Complete')) return told('complete', 'Complete');
  if (isTrue(conditions, 'Failed')) return told('failed', 'Failed');
  if (isTrue(conditions, 'Finished')) return told('ended', 'Finished');
  const delivered = findCondition(conditions, 'Delivered');
  // what was delivered goes on, also while another container is refused
  if (findCondition(conditions, 'Admitted')?.status === 'False' && delivered?.status !== 'True')
    return told('refused', 'Admitted');
  if (delivered?.status === 'True') {
    return isTrue(conditions, 'Ready') ? told('ready', 'Delivered') : told('delivered', 'Ready');
  }
  return told(delivered?.reason === 'Waiting' ? 'waiting' : 'delivering', 'Delivered');
}
