/** Deletes claims a while after they have finished, as Kubernetes' TTL-after-finished controller deletes Jobs. */
import { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import { nameOf } from '../api/meta/resource.js';
import { Conflict, isAdmissionDenial, isObjectFailure, NotFound } from '../cluster/errors.js';
import type { StageContext } from '../line/index.js';
import { findCondition } from '../runtime/index.js';
import { messageOf } from '../support/errors.js';
import { type Duration, type Instant, instantOf, minute, second } from '../support/time.js';

/** A deletion that was refused is tried again after so long. */
const refusalPause: Duration = minute;

/**
 * When a finished claim goes; `undefined`: it stays. Of several pools, the one that keeps it for the shortest time counts.
 * Pure.
 */
export function expiryAfterFinish(claim: ContainerClaim, pools: Iterable<ContainerPool>): Instant | undefined {
  const finished = findCondition(claim.status?.conditions, 'Finished');
  const finishedAt = finished?.status === 'True' ? instantOf(finished.lastTransitionTime) : undefined;
  if (finishedAt === undefined) return undefined;
  const defaults = [...pools].flatMap(({ spec }) => spec.claims.ttlSecondsAfterFinished ?? []);
  const ttl = claim.spec.ttlSecondsAfterFinished ?? Math.min(...defaults);
  return ttl === Infinity ? undefined : finishedAt + ttl * second;
}

/** Deletes the claim when its time has come. Returns after how long to look again, where that is still to come. */
export async function expireFinished(
  claim: ContainerClaim,
  pools: Iterable<ContainerPool>,
  { cluster, clock, events, signal }: StageContext,
): Promise<Duration | undefined> {
  const expiry = expiryAfterFinish(claim, pools);
  if (expiry === undefined) return undefined;
  const left = expiry - clock.now();
  if (left > 0) return left;
  try {
    const preconditions = { uid: claim.metadata.uid };
    await cluster.remove(ContainerClaim, nameOf(claim), { preconditions, flow: 'control', signal });
  } catch (error) {
    // gone, or another one has its name
    if (error instanceof NotFound || (error instanceof Conflict && !isAdmissionDenial(error))) return undefined;
    if (!isObjectFailure(error)) throw error;
    events.record(claim, 'Warning', 'DeletionRefused', messageOf(error));
    return refusalPause;
  }
  return undefined;
}
