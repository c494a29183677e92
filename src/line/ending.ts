/**
 * How the work of a container ended, as Kubernetes' Job controller tells it of its pods: it succeeded, it failed, or it was
 * lost (its node, an eviction, a deletion) and says nothing of the work. Pure readings.
 */
import type { Container, Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { type Instant, instantOf, second } from '../support/time.js';
import { mainContainer, mainStatus } from './main-container.js';
import { deliveredAt, isOver } from './pod-state.js';

export type Ending =
  | { readonly outcome: 'succeeded'; readonly at: Instant }
  | {
      readonly outcome: 'failed';
      readonly at: Instant;
      readonly exitCode: number;
      /** In a sentence about the container, with the exit code. */
      readonly why: string;
    }
  | { readonly outcome: 'lost' };

const lost: Ending = { outcome: 'lost' };

/** Reasons of a kubelet that has ended a pod for its node's sake. A program that ends by itself has none of them. */
const nodeReasons: ReadonlySet<string> = new Set(['Evicted', 'Preempting', 'Terminated', 'NodeShutdown', 'NodeLost']);
/** The pod's own time was over (`activeDeadlineSeconds`): nothing of its program either. */
const deadlineReason = 'DeadlineExceeded';

/** Whether its node has ended it, not its program. */
export const isEndedByNode = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' && nodeReasons.has(status.reason ?? '');

/**
 * How the main container's work ended; `undefined` while it goes on, and of one that its kubelet starts again. What stands
 * beside the main container may still run: the work is done without it.
 */
export function endingOf(pod: Pod): Ending | undefined {
  const main = mainContainer(pod);
  const terminated = mainStatus(pod)?.state?.terminated;
  if (restartPolicyOf(pod, main) === 'Always') return isOver(pod) ? lost : undefined;
  if (!terminated) return isOver(pod) ? beforeItsProgram(pod) : undefined;
  if (!isOver(pod) && startsAgain(pod, main, terminated.exitCode)) return undefined;
  const at = instantOf(terminated.finishedAt) ?? 0;
  // another image is to run in its place: the container that it had in stock says nothing of the work
  if (hadInStock(pod)) return isOver(pod) ? failedBy(terminated, at, 'its container in stock') : undefined;
  // what had ended before the container was delivered was no work for whom it was delivered to
  if (at + second <= (deliveredAt(pod) ?? -Infinity)) return lost;
  // what ends a container from outside makes programs end with 0 too: the work was done only if it was before that
  if (at >= disruptedAt(pod)) return lost;
  if (terminated.exitCode === 0) return { outcome: 'succeeded', at };
  return failedBy(terminated, at);
}

/** Whether its kubelet starts its program again whenever it ends. */
export const isRestarted = (pod: Pod): boolean => restartPolicyOf(pod, mainContainer(pod)) === 'Always';

/** Whether its work is done, so that nobody may do it again. */
export const hasSucceeded = (pod: Pod): boolean => endingOf(pod)?.outcome === 'succeeded';

type Terminated = NonNullable<NonNullable<ReturnType<typeof mainStatus>>['state']>['terminated'];

function failedBy({ exitCode, reason }: NonNullable<Terminated>, at: Instant, what = 'its program'): Ending {
  const word = reason === undefined || reason === 'Error' ? '' : ` (${reason})`;
  return { outcome: 'failed', at, exitCode, why: `${what} ended with exit code ${exitCode}${word}` };
}

/** A pod that is over without its program having run: an init container failed, or it was turned away. */
function beforeItsProgram(pod: Pod): Ending {
  if (isEndedByNode(pod) || pod.status?.reason === deadlineReason) return lost;
  for (const { name, state } of pod.status?.initContainerStatuses ?? []) {
    const terminated = state?.terminated;
    if (!terminated || terminated.exitCode === 0) continue;
    const at = instantOf(terminated.finishedAt) ?? 0;
    return at >= disruptedAt(pod) ? lost : failedBy(terminated, at, `init container ${name}`);
  }
  return lost;
}

/** What regular containers may say of their restarts since Kubernetes 1.34, which our types do not know. */
interface RestartRules {
  readonly restartPolicy?: string;
  readonly restartPolicyRules?: readonly {
    readonly exitCodes?: { readonly operator?: string; readonly values?: readonly number[] };
  }[];
}

const restartPolicyOf = ({ spec }: Pod, main: (Container & RestartRules) | undefined): string =>
  main?.restartPolicy ?? spec?.restartPolicy ?? 'Always';

function startsAgain(pod: Pod, main: (Container & RestartRules) | undefined, exitCode: number): boolean {
  const restarting = main?.restartPolicyRules?.some(({ exitCodes }) => {
    const listed = exitCodes?.values?.includes(exitCode) ?? false;
    return exitCodes?.operator === 'NotIn' ? !listed : listed;
  });
  return restarting || (exitCode !== 0 && restartPolicyOf(pod, main) === 'OnFailure');
}

/** Whether its main container is still the one whose image was changed for its claim. */
function hadInStock(pod: Pod): boolean {
  const before = pod.metadata.annotations?.[annotations.replacedContainer];
  return before !== undefined && before !== '' && mainStatus(pod)?.containerID === before;
}

const deadlineOf = (spec: Pod['spec'], status: Pod['status']): Instant =>
  (instantOf(status?.startTime) ?? -Infinity) + (spec?.activeDeadlineSeconds ?? 0) * second;

/**
 * Since when something other than its program was ending the pod; `Infinity`: nothing was. In whole seconds, as the server
 * writes them: what ended in that very second is taken to have been ended.
 */
function disruptedAt({ metadata, spec, status }: Pod): Instant {
  const instants: Instant[] = [];
  const target = status?.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  if (target) instants.push(instantOf(target.lastTransitionTime) ?? -Infinity);
  // older kubelets say no more than that
  else if (status?.phase === 'Failed' && nodeReasons.has(status.reason ?? '')) instants.push(-Infinity);
  if (status?.reason === deadlineReason) instants.push(deadlineOf(spec, status));
  const deletion = instantOf(metadata.deletionTimestamp);
  if (deletion !== undefined) instants.push(deletion - (metadata.deletionGracePeriodSeconds ?? 0) * second);
  return Math.min(...instants);
}
