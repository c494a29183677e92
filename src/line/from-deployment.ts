/**
 * What a pool that is made for a Deployment makes its containers from: the pod template of the Deployment's newest
 * ReplicaSet. Pure. The template's labels are left out: a container in stock must match neither the ReplicaSet's selector
 * nor that of a Service. They come with the hand-over, and with them `pod-template-hash`, which only the ReplicaSet knows.
 */
import type { ContainerPool, TemplatedPool } from '../api/container-pool.js';
import {
  type Deployment,
  Deployment as DeploymentKind,
  type PodSpec,
  type PodTemplate,
  type ReplicaSet,
} from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import { annotations, optIn, stockGate } from '../api/names.js';

const revisionAnnotation = 'deployment.kubernetes.io/revision';

/** Why a pool cannot make containers now. */
export interface Hindrance {
  readonly reason:
    | 'DeploymentMissing'
    | 'DeploymentDisagrees'
    | 'NoReplicaSet'
    | 'TemplateUnsuitable'
    | 'LatchUnfit'
    | 'LineNotFound'
    | 'LineNotAccepted';
  /** A sentence, with what to do. */
  readonly message: string;
}

/** Number of a Deployment's roll-out, as its ReplicaSet of that time and the Deployment itself carry it. */
export const revisionOf = ({ metadata }: Pick<Resource, 'metadata'>): number =>
  Number(metadata.annotations?.[revisionAnnotation] ?? 0) || 0;

/** The key of the Deployment that controls a ReplicaSet. */
export function deploymentKeyOf(replicaSet: ReplicaSet): string | undefined {
  const owner = controllerOf(replicaSet);
  return owner?.kind === DeploymentKind.name ? `${replicaSet.metadata.namespace}/${owner.name}` : undefined;
}

/** Why pool and Deployment are not for each other: each must name the other. `undefined`: they are. */
export function disagreement(
  { metadata: { name: pool }, spec: { fromDeployment } }: ContainerPool,
  { metadata: { name, annotations: marks = {} } }: Deployment,
): string | undefined {
  const named = marks[optIn.pool];
  if (fromDeployment?.name !== name)
    return `pool ${pool} is ${fromDeployment ? `for Deployment ${fromDeployment.name}` : 'not for a Deployment'}: set its spec.fromDeployment.name to ${name}, or name another pool in the annotation ${optIn.pool}`;
  if (named === undefined)
    return `Deployment ${name} does not take part: kubectl annotate deployment ${name} ${optIn.pool}=${pool}`;
  return named === pool
    ? undefined
    : `Deployment ${name} names pool ${named} in its annotation ${optIn.pool}, and pool ${pool} names the Deployment: let both name each other`;
}

/** The pool with its template, or why it has none now. `replicaSets`: those that the Deployment controls. */
export function templateFor(
  pool: ContainerPool,
  deployment: Deployment | undefined,
  replicaSets: Iterable<ReplicaSet>,
): TemplatedPool | Hindrance {
  const name = pool.spec.fromDeployment?.name ?? '';
  if (!deployment)
    return {
      reason: 'DeploymentMissing',
      message: `there is no Deployment ${name} in namespace ${pool.metadata.namespace}: create it, or let spec.fromDeployment name another; it can name Deployments only, for the pods of a StatefulSet go by their numbers, those of a Job are counted by finalizers and those of a DaemonSet belong to their nodes`,
    };
  const objection = disagreement(pool, deployment);
  if (objection !== undefined) return { reason: 'DeploymentDisagrees', message: objection };
  let newest: ReplicaSet | undefined;
  for (const set of replicaSets)
    if (set.spec?.template && (!newest || revisionOf(set) > revisionOf(newest))) newest = set;
  if (!newest)
    return {
      reason: 'NoReplicaSet',
      message: `Deployment ${name} has no ReplicaSet yet: see kubectl describe deployment ${name}`,
    };
  const unsuitable = unsuitability(newest.spec?.template ?? {});
  return unsuitable === undefined
    ? withTemplateOf(pool, newest)
    : { reason: 'TemplateUnsuitable', message: unsuitable };
}

export const isHindrance = (found: TemplatedPool | Hindrance): found is Hindrance => 'reason' in found;

/** The pool as if it had the ReplicaSet's template. Its containers note which ReplicaSet that was. */
export function withTemplateOf(pool: ContainerPool, { metadata: { name }, spec }: ReplicaSet): TemplatedPool {
  const { metadata, spec: podSpec } = spec?.template ?? {};
  const template: PodTemplate = {
    metadata: { annotations: { ...metadata?.annotations, [annotations.replicaSet]: name } },
    ...(podSpec && { spec: ungated(podSpec) }),
  };
  return { ...pool, spec: { ...pool.spec, template } };
}

/** Stock is what the gate waits for: where the template itself has it, its containers must not wait for themselves. */
function ungated({ schedulingGates, ...spec }: PodSpec): PodSpec {
  const others = schedulingGates?.filter(({ name }) => name !== stockGate) ?? [];
  return others.length === 0 ? spec : { ...spec, schedulingGates: others };
}

/** A variable that is read from a label has its value from when the container starts: in stock there is no such label. */
function unsuitability({ spec }: PodTemplate): string | undefined {
  for (const { name, env = [] } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    const variable = env.find(({ valueFrom }) => valueFrom?.fieldRef?.fieldPath.startsWith('metadata.labels'));
    if (variable)
      return `container ${name} reads its variable ${variable.name} from a label of its pod, which it does not have while it is in stock: use a downward-API volume instead, it follows the labels`;
  }
  return undefined;
}
