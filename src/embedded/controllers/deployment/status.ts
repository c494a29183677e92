import type { Deployment, ReplicaSet } from '../../../api/kubernetes.js';
import { type Instant, instantOf, second, timestamp } from '../../../support/time.js';
import type { Limits } from './limits.js';
import type { Revisions } from './revisions.js';
import { sizeOf } from './roll-out.js';

export type Status = NonNullable<Deployment['status']>;
type Condition = NonNullable<Status['conditions']>[number];

const add = (sets: readonly ReplicaSet[], count: (status: NonNullable<ReplicaSet['status']>) => number | undefined) =>
  sets.reduce((sum, { status }) => sum + ((status && count(status)) ?? 0), 0);

/** The status of a Deployment with these ReplicaSets. */
export function statusOf(deployment: Deployment, revisions: Revisions, limits: Limits, now: Instant): Status {
  const { current, old } = revisions;
  const all = current ? [...old, current] : old;
  const wanted = all.reduce((sum, set) => sum + sizeOf(set), 0);
  const availableReplicas = add(all, (status) => status.availableReplicas);
  const counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: add(all, (status) => status.replicas),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: add(all, (status) => status.readyReplicas),
    availableReplicas,
    unavailableReplicas: Math.max(0, wanted - availableReplicas),
    ...(deployment.status?.collisionCount === undefined ? {} : { collisionCount: deployment.status.collisionCount }),
  };
  const known = deployment.status?.conditions ?? [];
  const found = [availability(limits, availableReplicas), progress(deployment, current, counts, now)];
  return {
    ...counts,
    conditions: merge(
      known,
      found.filter((finding) => finding !== undefined),
      now,
    ),
  };
}

type Finding = Pick<Condition, 'type' | 'status' | 'reason' | 'message'> & { readonly moved?: true };

function availability({ replicas, unavailable }: Limits, available: number): Finding {
  if (available >= replicas - unavailable)
    return {
      type: 'Available',
      status: 'True',
      reason: 'MinimumReplicasAvailable',
      message: 'Deployment has minimum availability.',
    };
  return {
    type: 'Available',
    status: 'False',
    reason: 'MinimumReplicasUnavailable',
    message: 'Deployment does not have minimum availability.',
  };
}

/** Whether the roll-out has reached its end (`DeploymentComplete`). */
export function isComplete({ metadata, spec }: Deployment, status: Status): boolean {
  const replicas = spec?.replicas ?? 1;
  return (
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas &&
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}

function progress(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  status: Status,
  now: Instant,
): Finding | undefined {
  const type = 'Progressing';
  const name = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const before = deployment.status?.conditions?.find((condition) => condition.type === type);
  if (deployment.spec?.paused)
    return { type, status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (before?.reason === 'DeploymentPaused')
    return { type, status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed', moved: true };
  if (isComplete(deployment, status))
    return { type, status: 'True', reason: 'NewReplicaSetAvailable', message: `${name} has successfully progressed.` };
  if (!before || hasMoved(deployment.status, status))
    return { type, status: 'True', reason: 'ReplicaSetUpdated', message: `${name} is progressing.`, moved: true };
  if (before.reason === 'NewReplicaSetAvailable' && status.updatedReplicas === status.replicas) return undefined;
  const dueAt = deadlineOf(deployment);
  if (dueAt !== undefined && now >= dueAt)
    return { type, status: 'False', reason: 'ProgressDeadlineExceeded', message: `${name} has timed out progressing.` };
  return undefined;
}

/** `DeploymentProgressing`: anything got nearer to the end since the status was written. */
function hasMoved(before: Status | undefined, after: Status): boolean {
  const old = (status: Status | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

/** When the roll-out under way counts as stuck. */
export function deadlineOf({ spec, status }: Deployment): Instant | undefined {
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (spec?.paused || !progressing || progressing.status === 'False') return undefined;
  if (progressing.reason === 'NewReplicaSetAvailable') return undefined;
  const since = instantOf(progressing.lastUpdateTime);
  return since === undefined ? undefined : since + (spec?.progressDeadlineSeconds ?? 600) * second;
}

function merge(known: readonly Condition[], found: readonly Finding[], now: Instant): readonly Condition[] {
  const merged = new Map(known.map((condition) => [condition.type, condition]));
  for (const { moved, ...finding } of found) {
    const before = merged.get(finding.type);
    const same =
      before?.status === finding.status && before.reason === finding.reason && before.message === finding.message;
    if (same && !moved) continue;
    const lastTransitionTime = before?.status === finding.status ? before.lastTransitionTime : timestamp(now);
    merged.set(finding.type, {
      ...finding,
      lastUpdateTime: timestamp(now),
      lastTransitionTime: lastTransitionTime ?? timestamp(now),
    });
  }
  return [...merged.values()];
}
