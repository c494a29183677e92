/** Which containers go where next. Pure. */
import type { ContainerMigrationSpec } from '../api/container-migration.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations, deletionCost } from '../api/names.js';
import { inShape, rulesFor, tenantName } from '../claims/index.js';
import { isOver, isReadyForDelivery, isTerminating, poolKeyOf, type Slot } from '../line/index.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import type { Instant } from '../support/time.js';
import { instantOf } from '../support/time.js';
import { objectionTo, objectionToEnds, roomInStock, roomObjection } from './objections.js';
import type { ClaimEnd, DeploymentEnd, End } from './workloads.js';

export interface Move {
  readonly pod: Pod;
  /** The number that it gets in the claim that it goes to. */
  readonly slot?: Slot;
  /** The number that it has in the claim that it comes from. */
  readonly from?: number;
}

export interface MovePlan {
  readonly moves: readonly Move[];
  /** Why no more can go: the first reason that was found. */
  readonly objection: string | undefined;
  /** Whether that reason is that the two do not go together, so that time alone will not change it. */
  readonly isApart: boolean;
  /** Whether containers are left out that the server would not let go a moment ago. */
  readonly isRefused?: boolean;
}

export interface MoveView {
  readonly from: End;
  readonly to: End;
  readonly spec: Pick<ContainerMigrationSpec, 'order' | 'tenant'>;
  /** How many may go now. */
  readonly most: number;
  /** Whether this number of the claim that they go to is being filled by somebody else. */
  readonly isTaken: (slot: Slot) => boolean;
  /** How many of the pool's containers the tenant of the claim may get, where they go from a pool to a claim. */
  readonly quota?: number;
  /** The server's words, where it would not let this container go a moment ago: others go before it is tried again. */
  readonly refusalOf?: (pod: Pod) => string | undefined;
  /** Of containers that are brought back: the migration's mark. */
  readonly only?: string;
}

export function planMoves(view: MoveView): MovePlan {
  const { from, to, spec, only } = view;
  const { room, full } = roomOf(view);
  const most = Math.min(view.most, room);
  const objection = only === undefined ? objectionToEnds(from, to, spec) : undefined;
  if (objection !== undefined) return { moves: [], objection, isApart: true };
  const candidates = candidatesOf(from, only).toSorted(inOrder(spec.order));
  const open = to.kind === 'ContainerClaim' ? to.missing.filter((slot) => !view.isTaken(slot)) : [];
  const moves: Move[] = [];
  let first: string | undefined;
  let isApart = false;
  let isRefused = false;
  for (const { pod, number } of candidates) {
    if (moves.length === most) break;
    const refusal = view.refusalOf?.(pod);
    if (refusal !== undefined) {
      first ??= `${pod.metadata.name}: ${refusal}`;
      isRefused = true;
      continue;
    }
    const found = placeFor(pod, view, open);
    if ('objection' in found) {
      first ??= `${pod.metadata.name}: ${found.objection}`;
      isApart = moves.length === 0 && !found.isFull;
    } else moves.push({ pod, ...found, ...(number === undefined ? {} : { from: number }) });
  }
  if (moves.length < most && candidates.length === 0) first ??= nothing(from);
  if (moves.length === room && room < view.most) first ??= full;
  const few = only === undefined ? roomObjection(to, moves.length) : undefined;
  return few === undefined
    ? { moves, objection: first, isApart, ...(isRefused && { isRefused }) }
    : { moves: [], objection: first ?? few, isApart };
}

function roomOf({ from, to, quota = Infinity }: MoveView): { readonly room: number; readonly full: string } {
  if (from.kind !== 'ContainerPool' || to.kind !== 'ContainerClaim')
    return { room: roomInStock(from, to), full: 'the pool has all that it is to keep ready (spec.replicas)' };
  const { spec, metadata } = from.pool;
  const { tenant } = to.claim.spec;
  const most = rulesFor(spec, tenant).maxContainers;
  const full = `pool ${metadata.name} gives ${tenantName(tenant)} at most ${most} at once (spec.claims.tenants)`;
  return { room: quota, full };
}

const nothing = ({ kind }: End): string =>
  kind === 'ContainerPool'
    ? 'no container in stock is ready that has served nobody'
    : kind === 'ContainerClaim'
      ? 'the claim has no container that runs'
      : 'the Deployment has no replica that is ready';

interface Candidate {
  readonly pod: Pod;
  readonly number?: number;
}

function candidatesOf(from: End, only: string | undefined): readonly Candidate[] {
  const isMeant = ({ metadata }: Pod) => only === undefined || metadata.annotations?.[annotations.migration] === only;
  const runs = (pod: Pod) => isReadyForDelivery(pod) && !isTerminating(pod) && !isOver(pod) && isMeant(pod);
  if (from.kind === 'ContainerPool') return from.stock.filter(runs).map((pod) => ({ pod }));
  if (from.kind === 'Deployment') return from.pods.filter(runs).map((pod) => ({ pod }));
  return from.held.filter(({ pod }) => runs(pod)).map(({ pod, slot }) => ({ pod, number: slot.index }));
}

const inOrder =
  (order: ContainerMigrationSpec['order']) =>
  (a: Candidate, b: Candidate): number => {
    const [left, right] = [a.pod.metadata, b.pod.metadata];
    const sign = order === 'Newest' ? -1 : 1;
    if (left.creationTimestamp !== right.creationTimestamp)
      return left.creationTimestamp < right.creationTimestamp ? -sign : sign;
    return left.uid < right.uid ? -1 : 1;
  };

interface Unplaced {
  readonly objection: string;
  /** There is only no room for it. */
  readonly isFull: boolean;
}

/** The first number of a claim that suits the container; what is chosen is taken out of `open`. */
function placeFor(pod: Pod, view: MoveView, open: Slot[]): { readonly slot?: Slot } | Unplaced {
  const { from, to, only } = view;
  if (to.kind !== 'ContainerClaim') {
    const objection = objectionTo(pod, from, to, undefined);
    return objection === undefined ? {} : { objection, isFull: false };
  }
  const own = pod.metadata.annotations?.[annotations.migratedIndex];
  if (only !== undefined && own !== undefined) return backIn(Number(own), to, open);
  const tried = new Set<Slot['item']>();
  let first: string | undefined;
  for (const [at, slot] of open.entries()) {
    if (tried.has(slot.item)) continue;
    tried.add(slot.item);
    const fitting = shaped(slot, pod, to);
    const objection = objectionTo(pod, from, to, fitting);
    if (objection === undefined) {
      open.splice(at, 1);
      return { slot: fitting };
    }
    first ??= objection;
  }
  if (first !== undefined) return { objection: first, isFull: false };
  return { objection: `claim ${to.claim.metadata.name} has all that it asks for`, isFull: true };
}

/** A container that comes back gets the number that it had. */
function backIn(number: number, { claim }: ClaimEnd, open: Slot[]): { readonly slot: Slot } | Unplaced {
  const at = open.findIndex(({ index }) => index === number);
  const slot = open[at];
  if (!slot)
    return { objection: `its number ${number} in claim ${claim.metadata.name} has another container`, isFull: true };
  open.splice(at, 1);
  return { slot };
}

/** A size that goes by a name is what the container's pool means by it. */
function shaped(slot: Slot, pod: Pod, { pools }: ClaimEnd): Slot {
  if (slot.item.shape === undefined) return slot;
  const pool = pools.find((one) => keyOf(nameOf(one)) === poolKeyOf(pod)) ?? pools[0];
  return pool ? { ...slot, item: inShape(slot.item, pool) } : slot;
}

/**
 * How many containers a Deployment can take now: as many as its ReplicaSet is to have, less those that are there to stay. What
 * the ReplicaSet has made since the migration began only stands in for what is to come, and goes when that is there: it has the
 * least cost of deletion, and is the youngest.
 */
export function roomIn({ replicaSet, pods }: DeploymentEnd, since: Instant, marks: ReadonlySet<string>): number {
  const stays = pods.filter(
    ({ metadata }) =>
      marks.has(metadata.annotations?.[annotations.migration] ?? '') ||
      (instantOf(metadata.creationTimestamp) ?? 0) < since,
  );
  return Math.max(0, (replicaSet.spec?.replicas ?? 1) - stays.length);
}

/** Containers whose stay was bought by a cost of deletion that they need no longer: nothing is too many. */
export function settled({ replicaSet, pods }: DeploymentEnd, marks: ReadonlySet<string>): readonly Pod[] | undefined {
  if (pods.length > (replicaSet.spec?.replicas ?? 1)) return undefined;
  return pods.filter(
    ({ metadata: { annotations: notes = {} } }) =>
      marks.has(notes[annotations.migration] ?? '') && notes[deletionCost] !== undefined,
  );
}
