/** Which replica that is asked to go is replaced now, and by which container: a pure function of its ReplicaSet, its pods and the stock. */
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import { deletionCost } from '../api/names.js';
import { isOver, isReady, isTerminating, standsFor } from '../line/index.js';
import { oldestFirst, type ReplicaSetView } from './plan.js';

/** The least that Kubernetes takes: of replicas that are ready, that one is deleted first. */
export const leastCost = String(-(2 ** 31));

export interface ReplacementPlan {
  /** The container that is to become a replica, in place of the one that is asked to go. */
  readonly replace: { readonly asked: Pod; readonly replacement: Pod } | undefined;
  /** Replicas that are marked to be deleted first, and are not asked to go any more. */
  readonly unmark: readonly Pod[];
  /** Whether one is asked to go that is not replaced now. */
  readonly isLeft: boolean;
}

/**
 * One at a time, and only while the ReplicaSet has as many as it is to have and all of them are ready: it deletes what is not ready
 * before it looks at costs, so that another one than the one that is asked to go would be gone.
 */
export function planReplacement({ replicaSet, pods, stock, constraints }: ReplicaSetView): ReplacementPlan {
  const active = [...pods].filter((pod) => !isTerminating(pod) && !isOver(pod));
  const isAsked = (pod: Pod) => evictionRequestOf(pod) !== undefined;
  const unmark = active.filter((pod) => !isAsked(pod) && pod.metadata.annotations?.[deletionCost] === leastCost);
  const asked = active.filter(isAsked).sort(oldestFirst);
  const isCalm = active.length === (replicaSet.spec?.replicas ?? 1) && active.every(isReady) && unmark.length === 0;
  const fits = (pod: Pod) => constraints?.objection(pod) === undefined;
  const sorted = stock.toSorted(oldestFirst);
  for (const pod of isCalm ? asked : []) {
    const replacement = sorted.find((one) => standsFor(one, pod) && fits(one));
    if (replacement) return { replace: { asked: pod, replacement }, unmark, isLeft: asked.length > 1 };
  }
  return { replace: undefined, unmark, isLeft: asked.length > 0 };
}
