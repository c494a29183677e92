import type { ReplicaSet } from '../../../api/kubernetes.js';
import type { Limits } from './limits.js';
import { desiredAnnotation, maxAnnotation, type Revisions } from './revisions.js';

/** A ReplicaSet and the size that it should have. */
export interface Scaling {
  readonly set: ReplicaSet;
  readonly replicas: number;
}

export const sizeOf = ({ spec }: ReplicaSet): number => spec?.replicas ?? 1;
const availableOf = ({ status }: ReplicaSet): number => status?.availableReplicas ?? 0;
const total = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((sum, set) => sum + count(set), 0);

/** Of what size the current ReplicaSet is to be, when `others` pods are wanted elsewhere (`NewRSNewReplicas`). */
export function sizeOfCurrent({ replicas, surge }: Limits, now: number, others: number): number {
  if (now >= replicas) return replicas;
  return now + Math.max(0, Math.min(replicas + surge - others - now, replicas - now));
}

/** The next step of a rolling update: first what the current ReplicaSet may grow, else what the old ones may shrink. */
export function rollingStep(limits: Limits, { current, old }: Revisions): readonly Scaling[] {
  if (!current) return [];
  const others = total(old, sizeOf);
  const size = sizeOfCurrent(limits, sizeOf(current), others);
  if (size !== sizeOf(current)) return [{ set: current, replicas: size }];
  return others === 0 ? [] : shrinkOld(limits, current, old);
}

/** `reconcileOldReplicaSets`: those that are not healthy go first; then no more than leaves enough available. */
function shrinkOld(
  { replicas, unavailable }: Limits,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const least = replicas - unavailable;
  const notAvailable = sizeOf(current) - availableOf(current);
  const most = total(old, sizeOf) + sizeOf(current) - least - notAvailable;
  if (most <= 0) return [];
  const sizes = new Map(old.map((set) => [set, sizeOf(set)]));
  let unhealthy = most;
  for (const set of old) {
    const cut = Math.min(unhealthy, Math.max(0, sizeOf(set) - availableOf(set)));
    sizes.set(set, sizeOf(set) - cut);
    unhealthy -= cut;
  }
  let spare = total(old, availableOf) + availableOf(current) - least;
  for (const set of old) {
    const cut = Math.min(Math.max(0, spare), sizes.get(set) ?? 0);
    sizes.set(set, (sizes.get(set) ?? 0) - cut);
    spare -= cut;
  }
  return changes(sizes);
}

/** Recreate: everything old goes first; `oldPods`: how many of their pods are still there. */
export function recreateStep({ replicas }: Limits, { current, old }: Revisions, oldPods: number): readonly Scaling[] {
  const shrink = changes(new Map(old.map((set) => [set, 0])));
  if (shrink.length > 0 || oldPods > 0 || !current) return shrink;
  return changes(new Map([[current, replicas]]));
}

/** Whether `spec.replicas` has changed since the ReplicaSets were sized for it. */
export function isScaling({ replicas }: Limits, { current, old }: Revisions): boolean {
  return [...old, ...(current ? [current] : [])].some((set) => {
    const desired = set.metadata.annotations?.[desiredAnnotation];
    return sizeOf(set) > 0 && desired !== undefined && Number(desired) !== replicas;
  });
}

/** Sizes for a changed `spec.replicas`, or of a paused Deployment: each ReplicaSet keeps its share (`scale`). */
export function scaleStep(limits: Limits, { current, old }: Revisions): readonly Scaling[] {
  const { replicas, surge } = limits;
  const all = [...old, ...(current ? [current] : [])];
  const active = all.filter((set) => sizeOf(set) > 0);
  const only = active.length > 1 ? undefined : (active[0] ?? current ?? all.at(-1));
  if (only) return changes(new Map([[only, replicas]]));
  if (current && sizeOf(current) === replicas && availableOf(current) === replicas && desiredOf(current) === replicas)
    return changes(new Map(old.map((set) => [set, 0])));

  const allowed = replicas > 0 ? replicas + surge : 0;
  const toAdd = allowed - total(active, sizeOf);
  // the largest take most of a change; of equal ones the newest grow and the oldest shrink
  const order = (toAdd > 0 ? active.toReversed() : active).toSorted((a, b) => sizeOf(b) - sizeOf(a));
  let added = 0;
  const sizes = new Map<ReplicaSet, number>();
  for (const set of order) {
    const share = shareOf(set, limits, toAdd - added);
    sizes.set(set, sizeOf(set) + share);
    added += share;
  }
  const [largest] = order;
  if (largest) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + toAdd - added));
  return changes(sizes);
}

const desiredOf = (set: ReplicaSet): number => Number(set.metadata.annotations?.[desiredAnnotation]);

/** `GetReplicaSetProportion`: what a ReplicaSet takes of a change, of which `allowed` is left. */
function shareOf(set: ReplicaSet, { replicas, surge }: Limits, allowed: number): number {
  if (allowed === 0) return 0;
  const size = sizeOf(set);
  if (replicas === 0) return Math.max(-size, allowed);
  const sizedFor = Number(set.metadata.annotations?.[maxAnnotation]) || replicas + surge;
  const share = Math.round((size * (replicas + surge)) / sizedFor) - size;
  return allowed > 0 ? Math.min(share, allowed) : Math.max(share, allowed);
}

function changes(sizes: ReadonlyMap<ReplicaSet, number>): readonly Scaling[] {
  return [...sizes].filter(([set, replicas]) => sizeOf(set) !== replicas).map(([set, replicas]) => ({ set, replicas }));
}
