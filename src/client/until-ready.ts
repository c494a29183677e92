import { ContainerClaim } from '../api/container-claim.js';
import type { Ref } from '../api/meta/resource.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { type ClaimProgress, progressOf } from './claim-progress.js';
import { follow } from './follow.js';
import type { ClientParts } from './parts.js';

/**
 * Waits until a claim has all that it will get, ready. Reports each change on the way.
 * Throws CodedError: CLAIM_REFUSED (its pool does not serve it), CLAIM_TIMED_OUT (its deadline passed), CLAIM_FAILED (it
 * was given up for another reason), CLAIM_GONE (somebody deleted it).
 */
export async function untilReady(
  parts: ClientParts,
  ref: Ref,
  report: (progress: ClaimProgress) => void = () => {},
): Promise<ContainerClaim> {
  for await (const claim of follow(parts, ContainerClaim, ref)) {
    if (!claim) break;
    const progress = progressOf(claim);
    report(progress);
    if (progress.stage === 'ready') return claim;
    const failure = failureOf(ref.name, progress);
    if (failure) throw failure;
  }
  const hint = 'its containers went with it';
  throw new CodedError('CLAIM_GONE', `somebody deleted claim ${ref.name}`, hint, exitCodes.notFound);
}

function failureOf(name: string, { stage, sentence, reason }: ClaimProgress): CodedError | undefined {
  if (stage === 'refused') {
    const hint = `nothing was delivered; change it or delete it: penstock claim delete ${name}`;
    return new CodedError('CLAIM_REFUSED', `claim ${name} is refused: ${sentence}`, hint, exitCodes.invalid);
  }
  if (stage !== 'ended') return undefined;
  const late = reason === 'DeadlineExceeded';
  return new CodedError(
    late ? 'CLAIM_TIMED_OUT' : 'CLAIM_FAILED',
    `claim ${name} was given up: ${sentence}`,
    late
      ? 'allow more time with a later deadline, fewer containers, or whenEmpty: Cold'
      : 'look at its pool, or use whenEmpty: Wait or Cold',
    late ? exitCodes.timedOut : exitCodes.failed,
  );
}
