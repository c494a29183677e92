/** What a claim needs done next: a pure function of the claim, its pool, what it has and what is in stock. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import { isTrue } from '../runtime/index.js';
import type { Slot } from '../line/index.js';
import { type Duration, type Instant, instantOf, parseDuration } from '../support/time.js';
import { lifetimeOf, objectionTo } from './admission.js';
import { firstDelivery, type Holding, type Ledger } from './ledger.js';
import { desiredOf, leastOf } from './slots.js';

/** Where the claim stands, in the words of its conditions. */
export type Standing =
  | { readonly phase: 'refused'; readonly reason: 'PoolNotFound' | 'NotAllowed'; readonly message: string }
  | { readonly phase: 'waiting'; readonly message: string }
  | { readonly phase: 'delivering' }
  /** Ends with fewer than it asked for: its deadline passed, or it does not wait for stock. */
  | { readonly phase: 'settled'; readonly reason: 'DeadlineExceeded' | 'StockEmpty'; readonly message: string }
  | {
      readonly phase: 'finished';
      readonly reason: 'LifetimeEnded' | 'DeadlineExceeded' | 'StockEmpty';
      readonly message: string;
    };

export interface Retirement {
  readonly pod: Pod;
  readonly why: string;
  /** Of two containers with one number, the other one: it has to be there. */
  readonly keeper?: Pod;
}

export interface ClaimPlan {
  readonly standing: Standing;
  /** Slots to fill from stock now; never more than there is. */
  readonly take: readonly Slot[];
  /** Slots to fill with containers made for this claim. */
  readonly cold: readonly Slot[];
  /** Containers that change their number within the claim: to a missing slot of the same item. */
  readonly move: readonly { readonly pod: Pod; readonly from: Slot; readonly to: Slot }[];
  readonly retire: readonly Retirement[];
  /** When the containers' lives end; counts from now on where none is delivered yet. */
  readonly expiresAt: Instant | undefined;
  /** When to look again even if nothing happens. */
  readonly wakeAt: Instant | undefined;
}

export interface ClaimView {
  readonly claim: ContainerClaim;
  readonly pool: ContainerPool | undefined;
  readonly ledger: Ledger;
  /** Containers in stock that nobody is taking at this moment. */
  readonly ready: number;
  readonly now: Instant;
}

export function planClaim(view: ClaimView): ClaimPlan {
  const { claim, ledger, now } = view;
  const expiresAt = expiryOf(view);
  const ended = endOf(view, expiresAt);
  if (ended) return { ...nothing, standing: ended, retire: everything(ledger, ended.message) };

  const { move, retire, missing } = settleSurplus(ledger);
  const plan: ClaimPlan = {
    ...nothing,
    move,
    retire,
    expiresAt,
    wakeAt: earliest(later(expiresAt, now), isServed(claim) ? undefined : later(deadlineOf(claim), now)),
  };
  // what has all that it will get needs no pool any more
  const refusal = missing.length === 0 || isSettled(claim) ? undefined : refusalOf(view);
  if (refusal) return { ...plan, standing: refusal };
  return {
    ...plan,
    ...fill({ ...view, missing, hasNow: desiredOf(claim) - missing.length, late: isLate(claim, now) }),
  };
}

const nothing: ClaimPlan = {
  standing: { phase: 'delivering' },
  take: [],
  cold: [],
  move: [],
  retire: [],
  expiresAt: undefined,
  wakeAt: undefined,
};

/** Whether the claim was delivered before: from then on lost containers are replaced, whatever its deadline says. */
export function isServed(claim: ContainerClaim): boolean {
  return isTrue(claim.status?.conditions, 'Delivered');
}

export function isFinished(claim: ContainerClaim): boolean {
  return isTrue(claim.status?.conditions, 'Finished');
}

function isSettled(claim: ContainerClaim): boolean {
  return (
    isServed(claim) &&
    (claim.status?.conditions?.some(({ type, reason }) => type === 'Delivered' && reason === 'Partial') ?? false)
  );
}

export function deadlineOf(claim: ContainerClaim): Instant | undefined {
  const created = instantOf(claim.metadata.creationTimestamp);
  const allowed: Duration | undefined =
    claim.spec.deadline === undefined ? undefined : parseDuration(claim.spec.deadline);
  return created === undefined || allowed === undefined ? undefined : created + allowed;
}

function isLate(claim: ContainerClaim, now: Instant): boolean {
  const deadline = deadlineOf(claim);
  return deadline !== undefined && now >= deadline;
}

function expiryOf({ claim, pool, ledger, now }: ClaimView): Instant | undefined {
  const recorded = instantOf(claim.status?.expiresAt);
  if (recorded !== undefined) return recorded;
  const lifetime = lifetimeOf(claim, pool);
  return lifetime === undefined ? undefined : (firstDelivery(ledger) ?? now) + lifetime;
}

/** The claim's end, where it has come: its containers go, and no others come. */
function endOf(
  { claim, ledger, now }: ClaimView,
  expiresAt: Instant | undefined,
): (Standing & { phase: 'finished' }) | undefined {
  const finished = claim.status?.conditions?.find(({ type, status }) => type === 'Finished' && status === 'True');
  if (finished) return { phase: 'finished', reason: finished.reason as 'LifetimeEnded', message: finished.message };
  if (expiresAt !== undefined && now >= expiresAt && (isServed(claim) || ledger.held.length > 0)) {
    return { phase: 'finished', reason: 'LifetimeEnded', message: 'the lifetime of the containers has ended' };
  }
  const desired = desiredOf(claim);
  const least = leastOf(claim);
  if (!isServed(claim) && isLate(claim, now) && ledger.held.length < Math.max(1, least)) {
    const message = `${ledger.held.length} of ${desired} containers could be had within ${claim.spec.deadline}, at least ${least} were asked for`;
    return { phase: 'finished', reason: 'DeadlineExceeded', message };
  }
  return undefined;
}

function refusalOf({ claim, pool }: ClaimView): (Standing & { phase: 'refused' }) | undefined {
  const { namespace } = claim.metadata;
  if (!pool) {
    const message = `there is no pool ${claim.spec.pool.name} in namespace ${namespace}; a claim is served by a pool of its own namespace`;
    return { phase: 'refused', reason: 'PoolNotFound', message };
  }
  // what was delivered stays delivered, also when the pool's rules have changed since
  const objection = isServed(claim) ? undefined : objectionTo(claim, pool);
  return objection === undefined ? undefined : { phase: 'refused', reason: 'NotAllowed', message: objection };
}

interface Filling extends ClaimView {
  readonly missing: readonly Slot[];
  readonly hasNow: number;
  readonly late: boolean;
}

/** Which of the missing slots to fill now, and from where. */
function fill({ claim, missing, hasNow, late, ready }: Filling): Pick<ClaimPlan, 'standing' | 'take' | 'cold'> {
  const none = { take: [], cold: [] };
  const served = isServed(claim);
  if (missing.length === 0) return { ...none, standing: { phase: 'delivering' } };
  if (isSettled(claim) || (late && !served)) {
    const message = `${hasNow} of ${desiredOf(claim)} containers could be had within ${claim.spec.deadline ?? 'the time that the claim gives'}`;
    return { ...none, standing: { phase: 'settled', reason: 'DeadlineExceeded', message } };
  }
  const take = missing.slice(0, ready);
  const rest = missing.slice(take.length);
  if (claim.spec.whenEmpty === 'Cold') return { standing: { phase: 'delivering' }, take, cold: rest };
  const least = served ? 0 : leastOf(claim);
  const enough = hasNow + take.length >= least;
  if (rest.length === 0) return { standing: { phase: 'delivering' }, take, cold: [] };
  if (claim.spec.whenEmpty === 'Fail' && !served) {
    const message = `${hasNow + take.length} of ${desiredOf(claim)} containers were in stock, and the claim does not wait (whenEmpty: Fail)`;
    if (enough && hasNow + take.length > 0)
      return { take, cold: [], standing: { phase: 'settled', reason: 'StockEmpty', message } };
    return { ...none, standing: { phase: 'finished', reason: 'StockEmpty', message } };
  }
  const message = `waits for ${rest.length} more containers in pool ${claim.spec.pool.name}; ${enough ? '' : `takes none before ${least} can be had, `}${ready} ready now`;
  return { take: enough ? take : [], cold: [], standing: { phase: 'waiting', message } };
}

/** A surplus container fills a missing slot of its own item, where there is one, and is retired otherwise. */
function settleSurplus({
  held,
  missing,
  surplus,
  spent,
}: Ledger): Pick<ClaimPlan, 'move' | 'retire'> & { missing: readonly Slot[] } {
  const open = [...missing];
  const move: { pod: Pod; from: Slot; to: Slot }[] = [];
  const retire: Retirement[] = spent.map((pod) => ({ pod, why: 'it has ended' }));
  for (const { pod, slot } of surplus) {
    const place = open.findIndex(({ itemName }) => itemName === slot.itemName);
    const [to] = place < 0 ? [] : open.splice(place, 1);
    if (to) move.push({ pod, from: slot, to });
    else {
      const keeper = held.find((holding) => holding.slot.index === slot.index)?.pod;
      retire.push({
        pod,
        why: `another container has number ${slot.index} of its claim`,
        ...(keeper && { keeper }),
      });
    }
  }
  return { move, retire, missing: open };
}

function everything({ held, surplus, spent }: Ledger, why: string): ClaimPlan['retire'] {
  const podOf = ({ pod }: Holding) => pod;
  return [...held.map(podOf), ...surplus.map(podOf), ...spent].map((pod) => ({ pod, why }));
}

/** An instant that is still to come: to look again at one that is past would be to look again for ever. */
const later = (instant: Instant | undefined, now: Instant): Instant | undefined =>
  instant !== undefined && instant > now ? instant : undefined;

function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
