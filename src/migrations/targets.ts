/** What a container becomes at the other end: the marks of where it was go, those of where it is come. Pure. */
import { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { controllerOf, controllerReference } from '../api/meta/kind.js';
import { annotations, deletionCost, isFileAnnotation, origins } from '../api/names.js';
import {
  claimsMarks,
  isDelivered,
  isLatched,
  mainContainerName,
  type Moment,
  stockedMarks,
  type Target,
  toClaim as claimTarget,
  toReplicaSet as replicaSetTarget,
} from '../line/index.js';
import { madeFrom, withMainNoted } from './made-from.js';
import type { Move } from './plan.js';
import type { ClaimEnd, DeploymentEnd, End, PoolEnd } from './workloads.js';

/** More than any replica has that says nothing: of two, the other one is deleted. */
const cost = '1000';

/** @param mark the migration's, as it stands on the pods that it has moved */
export function targetOf(move: Move, from: End, to: End, mark: string) {
  return (moment: Moment): Target => {
    const target = at(move, from, to, moment);
    const kept = keptMarks(move.pod, target);
    const notes = {
      [annotations.migration]: mark,
      ...(move.from === undefined ? {} : { [annotations.migratedIndex]: String(move.from) }),
    };
    return {
      ...target,
      marks: { labels: target.marks.labels, annotations: { ...kept, ...notes } },
      dropped: left(move.pod, 'annotations', { ...kept, ...notes }, given(move, from).annotations),
      droppedLabels: left(move.pod, 'labels', target.marks.labels, given(move, from).labels),
      has: (pod) => target.has(pod) && pod.metadata.annotations?.[annotations.migration] === mark,
    };
  };
}

function at(move: Move, from: End, to: End, moment: Moment): Target {
  switch (to.kind) {
    case 'ContainerPool':
      return toPool(to);
    case 'ContainerClaim':
      return toClaim(move, from, to, moment);
    case 'Deployment':
      return toDeployment(to, moment);
  }
}

function toPool({ pool }: PoolEnd): Target {
  return {
    owner: controllerReference(ContainerPool, pool),
    marks: stockedMarks(pool),
    has: (present) => controllerOf(present)?.uid === pool.metadata.uid,
  };
}

function toClaim({ pod: given, slot }: Move, from: End, { claim, expiresAt }: ClaimEnd, moment: Moment): Target {
  if (!slot) throw new Error(`pod ${given.metadata.name} has no number in claim ${claim.metadata.name}`);
  const pod = withMainNoted(given, madeFrom(given, from));
  const target = claimTarget(
    { claim, slot, pod, origin: origins.migrated, ...(expiresAt === undefined ? {} : { expiresAt }) },
    moment,
  );
  const main = { [annotations.mainContainer]: mainContainerName(pod) ?? '' };
  return { ...target, marks: { ...target.marks, annotations: { ...target.marks.annotations, ...main } } };
}

function toDeployment({ replicaSet }: DeploymentEnd, moment: Moment): Target {
  const target = replicaSetTarget({ replicaSet }, moment);
  return {
    ...target,
    marks: { ...target.marks, annotations: { ...target.marks.annotations, [deletionCost]: cost } },
  };
}

/** A latch whose program has begun is shown what it was shown: it would take anything else for the end of its delivery. */
function keptMarks(pod: Pod, { marks }: Target): Readonly<Record<string, string>> {
  const shown = pod.metadata.annotations?.[annotations.latch];
  if (!isLatched(pod) || !isDelivered(pod) || shown === undefined || marks.annotations[annotations.latch] === undefined)
    return marks.annotations;
  return { ...marks.annotations, [annotations.latch]: shown };
}

/** What the end that it comes from has given it, beside our own marks. */
function given({ pod }: Move, from: End) {
  if (from.kind === 'ContainerClaim') {
    const item = from.held.find((one) => one.pod.metadata.uid === pod.metadata.uid)?.slot.item;
    return { labels: Object.keys(item?.labels ?? {}), annotations: Object.keys(item?.annotations ?? {}) };
  }
  const template =
    from.kind === 'ContainerPool' ? from.pool.spec.template.metadata : from.replicaSet.spec?.template?.metadata;
  return { labels: Object.keys(template?.labels ?? {}), annotations: Object.keys(template?.annotations ?? {}) };
}

/** Marks of ours that go wherever it stood. */
const own: { readonly labels: readonly string[]; readonly annotations: readonly string[] } = {
  labels: claimsMarks.labels,
  annotations: [
    ...claimsMarks.annotations,
    annotations.env,
    annotations.stockedAt,
    annotations.migratedIndex,
    annotations.replicaSet,
    deletionCost,
  ],
};

function left(
  { metadata }: Pod,
  field: 'labels' | 'annotations',
  now: Readonly<Record<string, string>>,
  others: readonly string[],
): readonly string[] {
  const files = field === 'annotations' ? Object.keys(metadata.annotations ?? {}).filter(isFileAnnotation) : [];
  return [...new Set([...own[field], ...others, ...files])].filter(
    (key) => metadata[field]?.[key] !== undefined && now[key] === undefined,
  );
}
