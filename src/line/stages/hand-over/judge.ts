import type { Pod } from '../../../api/kubernetes.js';
import type { ApiError } from '../../../cluster/errors.js';
import { canonicalJson } from '../../../support/digest.js';
import { claimUidOf, indexOf, isOver, isStocked, isTerminating } from '../../pod-state.js';
import type { DeliverWork } from '../../work.js';

/**
 * What an answer other than "200, and not terminating" to a hand-over means, read with the pod as it is now:
 * `mine`: it happened after all; `another`: this container is lost to us; `again`: try the same one once more, from what it
 * is now; `abort`: the patch itself is refused, no other container would take it.
 */
export type Judgement = 'mine' | 'another' | 'again' | 'abort';

/**
 * @param answer the error, or `undefined` for a 200 on a pod that is terminating
 * @param live the pod read after the answer, or `undefined` when it is gone
 */
export function judge(answer: ApiError | undefined, work: DeliverWork, live: Pod | undefined): Judgement {
  if (!live || live.metadata.uid !== work.pod.metadata.uid || isTerminating(live) || isOver(live)) return 'another';
  if (isFor(live, work)) return 'mine';
  if (!isStocked(live)) return 'another';
  if (ownersOf(live) !== ownersOf(work.pod)) return 'again';
  return answer !== undefined && answer.outcome === 'refused' && answer.code !== 429 && answer.code !== 409
    ? 'abort'
    : 'again';
}

/** Whether the pod fulfils exactly this promise. */
function isFor(pod: Pod, { claim, slot }: DeliverWork): boolean {
  return claimUidOf(pod) === claim.metadata.uid && indexOf(pod) === slot.index;
}

const ownersOf = (pod: Pod): string => canonicalJson(pod.metadata.ownerReferences ?? []);
