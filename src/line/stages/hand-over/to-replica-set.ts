import { ReplicaSet } from '../../../api/kubernetes.js';
import { controllerOf, controllerReference } from '../../../api/meta/kind.js';
import { annotations, labels, origins, states } from '../../../api/names.js';
import { microTimestamp } from '../../../support/time.js';
import type { SwapWork } from '../../work.js';
import type { Moment, Target } from './target.js';

/**
 * A container as a replica: with the labels of the ReplicaSet's template, `pod-template-hash` among them, it is as if the
 * ReplicaSet had made it. The template's annotations it has had from the start. The ReplicaSet counts one too many then,
 * and deletes a pod that does not run yet.
 */
export function toReplicaSet({ replicaSet }: Omit<SwapWork, 'pod'>, { now }: Pick<Moment, 'now'>): Target {
  const template = replicaSet.spec?.template?.metadata;
  const evictable = template?.annotations?.[annotations.safeToEvict];
  return {
    owner: controllerReference(ReplicaSet, replicaSet),
    marks: {
      labels: { ...template?.labels, [labels.state]: states.delivered },
      annotations: {
        [annotations.origin]: origins.stock,
        [annotations.deliveredAt]: microTimestamp(now),
        ...(evictable === undefined ? {} : { [annotations.safeToEvict]: evictable }),
      },
    },
    ...(evictable === undefined ? { dropped: [annotations.safeToEvict] } : {}),
    has: (pod) => controllerOf(pod)?.uid === replicaSet.metadata.uid,
  };
}
