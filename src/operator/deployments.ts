/** What wakes the reconciles of ReplicaSets, and what the caches keep for them. */
import { ContainerPool } from '../api/container-pool.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import type { Key } from '../api/meta/resource.js';
import { annotations, optIn } from '../api/names.js';
import {
  type DeploymentController,
  indexes,
  repelling,
  trimDeployment,
  trimReplicaSet,
  warm,
} from '../deployments/index.js';
import {
  isDeliverable,
  isGated,
  isOver,
  isTerminating,
  isWaiting,
  replicas,
  replicaSets,
  workloadIndexes,
} from '../line/index.js';
import { type ControllerDefinition, defineController, For, type Manager, Maps } from '../runtime/index.js';
import { sameJson } from '../support/digest.js';

const replicaSetsAtOnce = 16;

export function indexDeployments(manager: Manager): void {
  manager.index(Pod, workloadIndexes.replicas, replicas);
  manager.index(Pod, indexes.warm, warm);
  manager.index(Pod, indexes.repelling, repelling);
  manager.index(ReplicaSet, workloadIndexes.replicaSets, replicaSets);
  manager.trim(Deployment, trimDeployment);
  manager.trim(ReplicaSet, trimReplicaSet);
}

/** Whether it has come, gone, or takes part otherwise than before. */
export function optsOtherwise(old: Deployment | undefined, deployment: Deployment | undefined): boolean {
  const pool = (one: Deployment | undefined) => one?.metadata.annotations?.[optIn.pool];
  return !old || !deployment || pool(old) !== pool(deployment);
}

/** Whether it has come, gone, or has another size, roll-out or pool: its status changes with every pod. */
export function saysOtherwise(old: ReplicaSet | undefined, set: ReplicaSet | undefined): boolean {
  return (
    !old ||
    !set ||
    old.metadata.generation !== set.metadata.generation ||
    !sameJson(old.metadata.annotations, set.metadata.annotations)
  );
}

export function deploymentController({ cache }: Manager, reconciler: DeploymentController): ControllerDefinition {
  const setsOf = (deployment: Deployment | undefined) =>
    deployment ? [...cache.byIndex(ReplicaSet, workloadIndexes.replicaSets, deployment.metadata.uid).keys()] : [];
  return defineController({
    name: 'deployments',
    reconciler,
    concurrency: replicaSetsAtOnce,
    watches: [
      For(ReplicaSet, { when: saysOtherwise }),
      Maps(Deployment, setsOf, { when: optsOtherwise }),
      Maps(Pod, replicaSetOf, { when: standsOtherwise }),
      // a container that has come into stock may be what a replica waits for
      Maps(Pod, madeFor, { when: (old, pod) => !(old && isDeliverable(old)) && pod !== undefined }),
      Maps(
        ContainerPool,
        ({ metadata: { namespace }, spec: { fromDeployment } }) =>
          setsOf(fromDeployment && cache.get(Deployment, `${namespace}/${fromDeployment.name}`)),
        { when: (old, pool) => old?.metadata.generation !== pool?.metadata.generation },
      ),
    ],
  });
}

/** The key of the ReplicaSet that controls a pod. */
export function replicaSetOf(pod: Pod): readonly Key[] {
  const owner = controllerOf(pod);
  return owner?.kind === ReplicaSet.name ? [`${pod.metadata.namespace}/${owner.name}`] : [];
}

function madeFor(pod: Pod): readonly Key[] {
  const set = pod.metadata.annotations?.[annotations.replicaSet];
  return set !== undefined && isDeliverable(pod) ? [`${pod.metadata.namespace}/${set}`] : [];
}

const requestOn = ({ metadata }: Pod): string | undefined => metadata.annotations?.[annotations.evictionRequest];

/** Whether it counts otherwise among the replicas that run, or wait for their start, or is asked to go otherwise. */
export function standsOtherwise(old: Pod | undefined, pod: Pod | undefined): boolean {
  const standing = (one: Pod | undefined) =>
    one === undefined ? '' : [isWaiting(one), isGated(one), isTerminating(one), isOver(one), requestOn(one)].join();
  return standing(old) !== standing(pod);
}
