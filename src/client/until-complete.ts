import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import type { Ref } from '../api/meta/resource.js';
import { mainContainer } from '../line/main-container.js';
import { CodedError, exitCodes } from '../support/errors.js';
import { type ClaimProgress, progressOf } from './claim-progress.js';
import { allContainersOf } from './containers.js';
import type { ClientParts } from './parts.js';
import { until } from './until-ready.js';

/** How the work of a claim ended. */
export interface Completion {
  readonly claim: ContainerClaim;
  /** All its containers, those too whose work failed and was tried again in another. */
  readonly pods: readonly Pod[];
  /** 0 where all has succeeded, else that of the last container that failed. */
  readonly exitCode: number;
}

/**
 * Waits until all the work of a claim has succeeded, or so much of it has failed that the claim has. Throws as `untilReady`
 * does, and CodedError CLAIM_NEVER_COMPLETES where its containers are started again whenever they end.
 */
export async function untilComplete(
  parts: ClientParts,
  ref: Ref & { readonly uid?: string },
  report: (progress: ClaimProgress) => void = () => {},
): Promise<Completion> {
  const claim = await until(parts, ref, ({ stage }) => stage === 'ready' || hasEnded(stage), report);
  if (!hasEnded(progressOf(claim).stage)) {
    const pods = await allContainersOf(parts, claim);
    if (pods.length > 0 && pods.every(restartsAlways)) throw neverCompletes(claim);
  }
  const ended = await until(parts, { ...ref, uid: claim.metadata.uid }, ({ stage }) => hasEnded(stage), report);
  const pods = await allContainersOf(parts, ended);
  return { claim: ended, pods, exitCode: exitCodeOf(ended) };
}

const hasEnded = (stage: ClaimProgress['stage']): boolean => stage === 'complete' || stage === 'failed';

const restartsAlways = (pod: Pod): boolean =>
  (mainContainer(pod)?.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always') === 'Always';

/** The claim's status has it, also when the container is gone. */
const exitCodeOf = (claim: ContainerClaim): number =>
  progressOf(claim).stage === 'complete' ? exitCodes.ok : (claim.status?.lastExitCode ?? exitCodes.failed);

function neverCompletes({ metadata: { name } }: ContainerClaim): CodedError {
  return new CodedError(
    'CLAIM_NEVER_COMPLETES',
    `the containers of claim ${name} are started again whenever they end (restartPolicy: Always)`,
    'wait for ready instead, or claim from a pool whose template says restartPolicy: Never or OnFailure; the claim is still there',
    exitCodes.invalid,
  );
}
