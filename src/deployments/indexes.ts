/** How the caches file what replicas come from; `operator` registers these. */
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { isDeliverable, isOver, isStocked, poolKeyOf } from '../line/index.js';
import type { IndexFunction } from '../runtime/index.js';

export const indexes = {
  /** Containers that can be handed to a ReplicaSet now, by the key of their pool. */
  warm: 'warm',
  /** Pods that require others to stay away from them, as long as they are not in stock: all under `true`. */
  repelling: 'repelling',
} as const;

export const warm: IndexFunction<Pod> = (pod) => {
  if (pod.metadata.annotations?.[annotations.replicaSet] === undefined || !isDeliverable(pod)) return [];
  const pool = poolKeyOf(pod);
  return pool === undefined ? [] : [pool];
};

export const repelling: IndexFunction<Pod> = (pod) =>
  pod.spec?.nodeName !== undefined &&
  !isStocked(pod) &&
  !isOver(pod) &&
  pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.length
    ? ['true']
    : [];
