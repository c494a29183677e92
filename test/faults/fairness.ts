/** Whether those who wait are served in their turn: by priority, then fair shares, then age. Checked on a run's history. */
import type { ContainerClaim } from '../../src/api/container-claim.js';
import type { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { findCondition, isTrue } from '../../src/runtime/conditions.js';
import { type Duration, type Instant, instantOf, second } from '../../src/support/time.js';
import type { Happening } from './history.js';
import type { Mix } from './mix.js';
import { desiredOf, isMigrated, leastOf } from './promise.js';
import { type Violation, violation } from './violation.js';

/** Who has not waited for so long, beside what watches are behind, may not have been seen yet. */
const leastPatience = 10 * second;
/** The largest size of an item is so many times the smallest: what counts of a share is the dominant resource. */
const spread = 3;

/** Two that lead at once, one that sleeps while it leads, and writes that come late or are not answered: they act on
 * what is long past. Where a container is denied to whose turn it is, another may have got the next one by then. */
const isPrompt = ({ operators, pauses, late, lost, denied }: Mix): boolean =>
  operators !== 'both' && pauses === Infinity && late === 0 && lost === 0 && denied === 0;

export function checkFairness(happenings: readonly Happening[], mix: Mix): readonly Violation[] {
  if (!isPrompt(mix)) return [];
  const check = new FairnessCheck(leastPatience + 2 * mix.lag);
  for (const happening of happenings) check.see(happening);
  check.end();
  return check.violations;
}

const stateOf = (pod: Pod) => pod.metadata.labels?.[labels.state];
const poolOf = (pod: Pod) => pod.metadata.labels?.[labels.pool];
const claimUidOf = (pod: Pod) => pod.metadata.annotations?.[annotations.claimUid];
const hasEnded = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed';
const priorityOf = ({ spec }: ContainerClaim) => spec.priority ?? 0;
const bornAt = ({ metadata }: ContainerClaim) => metadata.creationTimestamp ?? '';
const deliveredAt = (pod: Pod) => instantOf(pod.metadata.annotations?.[annotations.deliveredAt]) ?? Infinity;
/** Whether it is of the same tenant, and goes before the other. */
const isBefore = (claim: ContainerClaim, other: ContainerClaim): boolean =>
  claim.spec.tenant === other.spec.tenant &&
  (priorityOf(claim) > priorityOf(other) || (priorityOf(claim) === priorityOf(other) && bornAt(claim) < bornAt(other)));
const isWaiting = ({ metadata, status }: ContainerClaim) =>
  metadata.deletionTimestamp === undefined &&
  !isTrue(status?.conditions, 'Delivered') &&
  !isTrue(status?.conditions, 'Finished') &&
  findCondition(status?.conditions, 'Delivered')?.reason === 'Waiting';

class FairnessCheck {
  readonly violations: Violation[] = [];
  readonly #pods = new Map<string, Pod>();
  readonly #claims = new Map<string, ContainerClaim>();
  /** By uid, of claims that wait. */
  readonly #waitingSince = new Map<string, Instant>();
  /** By uid, of claims that were passed over: one whose turn it is may get the next container first, when its own is refused. */
  readonly #passedOver = new Map<string, { readonly at: Instant; readonly found: Violation }>();

  constructor(private readonly patience: Duration) {}

  see({ of, type, object, at }: Happening): void {
    const { uid } = object.metadata;
    for (const [claim, { at: then, found }] of this.#passedOver)
      if (then + this.patience < at) {
        this.violations.push(found);
        this.#passedOver.delete(claim);
      }
    if (of === 'claim') {
      if (type === 'DELETED' || !isWaiting(object)) {
        this.#waitingSince.delete(uid);
        this.#passedOver.delete(uid);
      } else if (!this.#waitingSince.has(uid)) this.#waitingSince.set(uid, at);
      return keep(this.#claims, uid, object, type);
    }
    if (of !== 'pod') return;
    const before = this.#pods.get(uid);
    const isServed = before && stateOf(before) === states.stocked && stateOf(object) === states.delivered;
    // who moves containers says whose they are to be
    if (type !== 'DELETED' && isServed && !isMigrated(object)) this.#handedOver(object, at);
    return keep(this.#pods, uid, object, type);
  }

  #handedOver(pod: Pod, at: Instant): void {
    const served = this.#claims.get(claimUidOf(pod) ?? '');
    this.#passedOver.delete(served?.metadata.uid ?? '');
    // what was served once, and has lost a container since, does not queue for another
    if (!served || isTrue(served.status?.conditions, 'Delivered')) return;
    for (const [uid, since] of this.#waitingSince) {
      const other = this.#claims.get(uid);
      if (!other || uid === served.metadata.uid || at - since < this.patience) continue;
      const why = other.spec.pool.name === poolOf(pod) && this.#couldUse(other) && this.#isFirst(other, served, at);
      if (!why) continue;
      const names = [pod.metadata.name, served.metadata.name, other.metadata.name];
      const what = `pod ${names[0]} went to claim ${names[1]}, and claim ${names[2]} waits: ${why}`;
      const found = violation('shares are fair', what, ...names);
      if (!this.#passedOver.has(uid)) this.#passedOver.set(uid, { at, found });
    }
  }

  end(): void {
    for (const { found } of this.#passedOver.values()) this.violations.push(found);
  }

  /** Whether one container more is of use to it, whatever else there is. */
  #couldUse(claim: ContainerClaim): boolean {
    const held = this.#held((uid) => uid === claim.metadata.uid);
    return claim.spec.whenEmpty === 'Wait' && held < desiredOf(claim) && leastOf(claim) - held <= 1;
  }

  /** Why a claim goes before another, as far as that is beyond doubt. */
  #isFirst(claim: ContainerClaim, other: ContainerClaim, at: Instant): string | undefined {
    if (priorityOf(claim) !== priorityOf(other))
      return priorityOf(claim) > priorityOf(other) ? 'its priority is higher' : undefined;
    if (claim.spec.tenant === other.spec.tenant) return bornAt(claim) < bornAt(other) ? 'it is older' : undefined;
    const pool = claim.spec.pool.name;
    // what has ended stands on no node any more, though its pod may stay for a while
    const own = this.#held((_, holder, pod) => !hasEnded(pod) && holder?.spec.tenant === claim.spec.tenant, pool);
    // of a tenant's containers those count that its claims before this one have, and had when it was decided whose turn it is
    const others = this.#held(
      (_, holder, pod) =>
        holder !== undefined && !hasEnded(pod) && isBefore(holder, other) && deliveredAt(pod) + this.patience <= at,
      pool,
    );
    return others > spread * own ? `its tenant has ${own}, the other one's ${others}` : undefined;
  }

  #held(counts: (uid: string, holder: ContainerClaim | undefined, pod: Pod) => boolean, pool?: string): number {
    let held = 0;
    for (const pod of this.#pods.values()) {
      const uid = claimUidOf(pod);
      if (uid === undefined || stateOf(pod) !== states.delivered) continue;
      if ((pool === undefined || poolOf(pod) === pool) && counts(uid, this.#claims.get(uid), pod)) held++;
    }
    return held;
  }
}

function keep<T>(map: Map<string, T>, uid: string, object: T, type: Happening['type']): void {
  if (type === 'DELETED') map.delete(uid);
  else map.set(uid, object);
}
