import { ContainerClaim } from '../api/container-claim.js';
import type { Ref } from '../api/meta/resource.js';
import { labels } from '../api/names.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { parseDuration, second } from '../support/time.js';
import { type ClaimProgress, progressOf } from './claim-progress.js';
import { follow } from './follow.js';
import type { ClientParts } from './parts.js';

/** A claim, and this very one where its uid is given. */
type ClaimRef = Ref & { readonly uid?: string };

/**
 * Waits until a claim has all that it will get, ready or done. Reports each change on the way.
 * Throws CodedError: CLAIM_REFUSED (its pool does not serve it), CLAIM_TIMED_OUT (its deadline passed), CLAIM_FAILED (it
 * was given up for another reason), CLAIM_GONE (somebody deleted it; with `uid` also where another one has its name now),
 * CLAIM_UNATTENDED (its deadline passed a while ago, and no operator has said so).
 */
export function untilReady(
  parts: ClientParts,
  ref: ClaimRef,
  report: (progress: ClaimProgress) => void = () => {},
): Promise<ContainerClaim> {
  return until(parts, ref, ({ stage }) => stage === 'ready' || stage === 'complete', report);
}

/** Waits as `untilReady` does, until the claim is as `isReached` says. */
export async function until(
  parts: ClientParts,
  { uid, ...ref }: ClaimRef,
  isReached: (progress: ClaimProgress) => boolean,
  report: (progress: ClaimProgress) => void,
): Promise<ContainerClaim> {
  const unattended = new AbortController();
  const signal = parts.signal ? AbortSignal.any([parts.signal, unattended.signal]) : unattended.signal;
  let stage: ClaimProgress['stage'] | undefined;
  let timer: Disposable | undefined;
  try {
    for await (const claim of follow({ ...parts, signal }, ContainerClaim, ref)) {
      if (!claim || (uid !== undefined && claim.metadata.uid !== uid)) break;
      timer ??= afterDeadline(parts, claim, () => {
        if (stage === 'unseen' || stage === 'waiting' || stage === 'delivering') unattended.abort(noOperator(claim));
      });
      const progress = progressOf(claim);
      stage = progress.stage;
      report(progress);
      if (isReached(progress)) return claim;
      const failure = failureOf(ref.name, progress);
      if (failure) throw failure;
    }
  } finally {
    timer?.[Symbol.dispose]();
  }
  const hint = 'its containers went with it';
  throw new CodedError('CLAIM_GONE', `somebody deleted claim ${ref.name}`, hint, exitCodes.notFound);
}

/** An operator that runs, or takes over from one that did, has said by then that a deadline has passed. */
const operatorPatience = 15 * second;

/** Counted from now: the clock of the server may be another. A claim without a deadline waits for ever. */
function afterDeadline({ clock }: ClientParts, { spec }: ContainerClaim, run: () => void): Disposable | undefined {
  const deadline = parseDuration(spec.deadline ?? '');
  return deadline === undefined ? undefined : clock.at(clock.now() + deadline + operatorPatience, run);
}

function noOperator({ metadata: { name }, spec }: ContainerClaim): CodedError {
  return new CodedError(
    'CLAIM_UNATTENDED',
    `the deadline of claim ${name}, ${spec.deadline}, has passed, and nobody has decided about it`,
    'is an operator running? See penstock run; the claim is still there',
    exitCodes.timedOut,
  );
}

function failureOf(name: string, { stage, sentence, reason }: ClaimProgress): CodedError | undefined {
  if (stage === 'refused') {
    const hint = `nothing was delivered; change it or delete it: penstock claim delete ${name}`;
    return new CodedError('CLAIM_REFUSED', `claim ${name} is refused: ${sentence}`, hint, exitCodes.invalid);
  }
  if (stage === 'failed') {
    const hint = `see what became of its containers: kubectl get pods -l ${labels.claim}=${name}`;
    return new CodedError('CLAIM_FAILED', `the work of claim ${name} has failed: ${sentence}`, hint, exitCodes.failed);
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
