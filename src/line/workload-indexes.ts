/** How the caches file Deployments' ReplicaSets and their pods; `operator` registers these. */
import { Deployment, type Pod, type ReplicaSet } from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import type { IndexFunction } from '../runtime/index.js';
import { replicaSetUidOf } from './pod-state.js';

export const workloadIndexes = {
  /** Pods by the uid of the ReplicaSet that controls them. */
  replicas: 'replicas',
  /** ReplicaSets by the uid of the Deployment that controls them. */
  replicaSets: 'deployment',
} as const;

export const replicas: IndexFunction<Pod> = (pod) => {
  const uid = replicaSetUidOf(pod);
  return uid === undefined ? [] : [uid];
};

export const replicaSets: IndexFunction<ReplicaSet> = (set) => {
  const owner = controllerOf(set);
  return owner?.kind === Deployment.name ? [owner.uid] : [];
};
