import type { Pod } from '../../../api/kubernetes.js';
import { labels } from '../../../api/names.js';
import { type ApiError, isAdmissionDenial, isObjectFailure } from '../../../cluster/errors.js';
import { canonicalJson } from '../../../support/digest.js';
import { isOver, isTerminating } from '../../pod-state.js';
import type { Target } from './target.js';

/**
 * What an answer other than "200, and not terminating" to a hand-over means, read with the pod as it is now:
 * `mine`: it happened after all; `another`: this container is lost to us; `again`: try the same one once more, from what it
 * is now; `abort`: the patch itself is refused, no other container would take it.
 */
export type Judgement = 'mine' | 'another' | 'again' | 'abort';

/**
 * @param answer the error, or `undefined` for a 200 on a pod that is terminating
 * @param known the pod as it was when the patch was made
 * @param live the pod read after the answer, or `undefined` when it is gone
 */
export function judge(
  answer: ApiError | undefined,
  known: Pod,
  target: Pick<Target, 'has'>,
  live: Pod | undefined,
): Judgement {
  if (!live || live.metadata.uid !== known.metadata.uid || isTerminating(live) || isOver(live)) return 'another';
  if (target.has(live)) return 'mine';
  if (stateOf(live) !== stateOf(known)) return 'another';
  if (ownersOf(live) !== ownersOf(known)) return 'again';
  return isAdmissionDenial(answer) || (isObjectFailure(answer) && answer?.code !== 409) ? 'abort' : 'again';
}

const stateOf = (pod: Pod): string | undefined => pod.metadata.labels?.[labels.state];

const ownersOf = (pod: Pod): string => canonicalJson(pod.metadata.ownerReferences ?? []);
