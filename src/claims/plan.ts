/** What a claim needs done next: a pure function of the claim, its pool, what it has and what is in stock. */
import type { ContainerClaim } from '../api/container-claim.js';
import { evictionRequestOf } from '../api/eviction-request.js';
import type { Pod } from '../api/kubernetes.js';
import type { Key } from '../api/meta/resource.js';
import { isLatched, type Slot } from '../line/index.js';
import { type Duration, type Instant, instantOf, minute, second } from '../support/time.js';
import { lifetimeOf, patienceOf } from './admission.js';
import { assignCold, type ColdRoom } from './cold-starts.js';
import { type Fit, objectionsOf } from './fit/fit.js';
import { firstDelivery, type Holding, type Leaving, type Ledger, servedSlots } from './ledger.js';
import { assign, type Assignment, type Share } from './offer.js';
import { workEnd } from './completion.js';
import { desiredOf, leastOf } from './slots.js';
import { type FinishReason, isServed, type QueuePlace, type Standing } from './standing.js';

export interface Retirement {
  readonly pod: Pod;
  readonly why: string;
  /** What a policy let nobody evict is not deleted past disruption budgets. */
  readonly by?: 'eviction';
  /** Of two containers with one number, the other one: it has to be there. */
  readonly keeper?: Pod;
}

/** A container whose place the other one has taken. */
export type Eviction = Required<Retirement>;

export interface ClaimPlan {
  readonly standing: Standing;
  /** Slots to fill from stock now; never more than there is. */
  readonly take: readonly Assignment[];
  /** Slots to fill with containers made for this claim. */
  readonly cold: readonly Assignment[];
  /** Containers that change their number within the claim: to a missing slot of the same item. None with a latch. */
  readonly move: readonly { readonly pod: Pod; readonly from: Slot; readonly to: Slot }[];
  readonly retire: readonly Retirement[];
  /** Containers in whose place another one is to come from stock, where it has one; the old one stays until that serves. */
  readonly replace: readonly Holding[];
  /** Containers whose place another one has taken: they go by the Eviction API. */
  readonly evict: readonly Eviction[];
  /** When the containers' lives end; counts from now on where none is delivered yet. */
  readonly expiresAt: Instant | undefined;
  /** When to look again even if nothing happens. */
  readonly wakeAt: Instant | undefined;
}

/** A claim that may start no more containers at present looks again after so long at the latest. */
const coldPause: Duration = 5 * second;

/** What the claim may have now. */
export interface Turn {
  /** From stock. */
  readonly shares: readonly Share[];
  /** Whose turn it is has not been decided since the claim came: it takes nothing until then. */
  readonly undecided?: true;
  /** Its place and what it waits for, should this not be all. */
  readonly told: { readonly message: string; readonly queue?: QueuePlace | undefined };
}

export interface ClaimView {
  readonly claim: ContainerClaim;
  /** Whether there is any pool that it names or selects. */
  readonly known: boolean;
  readonly fit: Fit;
  readonly ledger: Ledger;
  readonly turn: Turn;
  /** How many containers its pools may start for it, beside what it takes from stock. */
  readonly coldRooms: ReadonlyMap<Key, ColdRoom>;
  readonly now: Instant;
}

export function planClaim(view: ClaimView): ClaimPlan {
  const { claim, ledger, now } = view;
  const expiresAt = expiryOf(view);
  const ended = endOf(view, expiresAt);
  if (ended) return { ...nothing, standing: ended, retire: unfinished(ledger, ended.message) };

  const { move, retire, missing } = settleSurplus(ledger);
  const plan: ClaimPlan = {
    ...nothing,
    move,
    retire,
    replace: missing.length > 0 || isNear(expiresAt, now) ? [] : ledger.asked,
    evict: ledger.leaving.map(evictionOf),
    expiresAt,
    wakeAt: [
      later(expiresAt, now),
      isServed(claim) ? undefined : later(deadlineOf(view), now),
      ...ledger.backingOff.map(({ until }) => until),
    ].reduce(earliest, undefined),
  };
  // what has all that it will get needs no pool any more
  const refusal = missing.length === 0 ? undefined : refusalOf(view);
  if (refusal) return { ...plan, standing: refusal };
  const filling = fill({ ...view, missing, hasNow: desiredOf(claim) - missing.length });
  return { ...plan, ...filling, wakeAt: earliest(plan.wakeAt, filling.wakeAt) };
}

const nothing: ClaimPlan = {
  standing: { phase: 'delivering' },
  take: [],
  cold: [],
  move: [],
  retire: [],
  replace: [],
  evict: [],
  expiresAt: undefined,
  wakeAt: undefined,
};

/** A container that ends so soon is not worth another one. */
const leastLeft: Duration = minute;

const isNear = (expiresAt: Instant | undefined, now: Instant): boolean =>
  expiresAt !== undefined && expiresAt - now < leastLeft;

const evictionOf = ({ pod, slot, keeper }: Leaving): Eviction => ({
  pod,
  keeper,
  by: 'eviction',
  why: `it was asked to go, and another container has taken number ${slot.index} of its claim`,
});

function deadlineOf({ claim, fit }: ClaimView): Instant | undefined {
  const created = instantOf(claim.metadata.creationTimestamp);
  const allowed = patienceOf(claim, fit.pools.values());
  return created === undefined || allowed === undefined ? undefined : created + allowed;
}

function isLate(view: ClaimView): boolean {
  const deadline = deadlineOf(view);
  return deadline !== undefined && view.now >= deadline;
}

/** How long the claim may wait, in words. */
const patience = ({ claim: { spec } }: ClaimView) => spec.deadline ?? 'the time that its pool gives';

function expiryOf({ claim, fit, ledger, now }: ClaimView): Instant | undefined {
  const recorded = instantOf(claim.status?.expiresAt);
  if (recorded !== undefined) return recorded;
  const lifetime = lifetimeOf(claim, fit.pools.values());
  return lifetime === undefined ? undefined : (firstDelivery(ledger) ?? now) + lifetime;
}

/** The claim's end, where it has come: its containers go, and no others come. */
function endOf(view: ClaimView, expiresAt: Instant | undefined): (Standing & { phase: 'finished' }) | undefined {
  const { claim, ledger, now } = view;
  const finished = claim.status?.conditions?.find(({ type, status }) => type === 'Finished' && status === 'True');
  if (finished) return { phase: 'finished', reason: finished.reason as FinishReason, message: finished.message };
  const end = workEnd(claim, ledger);
  if (end) return end;
  if (expiresAt !== undefined && now >= expiresAt) {
    return { phase: 'finished', reason: 'LifetimeEnded', message: 'the lifetime of the containers has ended' };
  }
  const desired = desiredOf(claim);
  const least = leastOf(claim);
  if (!isServed(claim) && isLate(view) && servedSlots(ledger) < Math.max(1, least)) {
    const message = `${servedSlots(ledger)} of ${desired} containers could be had within ${patience(view)}, at least ${least} were asked for`;
    return { phase: 'finished', reason: 'DeadlineExceeded', message };
  }
  return undefined;
}

function refusalOf({ claim, known, fit }: ClaimView): (Standing & { phase: 'refused' }) | undefined {
  if (fit.pools.size > 0) return undefined;
  if (!known) return { phase: 'refused', reason: 'PoolNotFound', message: unknownPool(claim) };
  return { phase: 'refused', reason: 'NotAllowed', message: objectionsOf(fit) };
}

function unknownPool({ metadata: { namespace }, spec: { pool } }: ContainerClaim): string {
  if (pool.name !== undefined)
    return `there is no pool ${pool.name} in namespace ${namespace}; a claim is served by a pool of its own namespace`;
  const labels = Object.entries(pool.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  return `no pool in namespace ${namespace} has the labels ${labels.join(', ')}; a claim is served by pools of its own namespace`;
}

interface Filling extends ClaimView {
  readonly missing: readonly Slot[];
  readonly hasNow: number;
}

type Filled = Pick<ClaimPlan, 'standing' | 'take' | 'cold'> & { readonly wakeAt?: Instant | undefined };

/** Which of the missing slots to fill now, and from where. */
function fill(view: Filling): Filled {
  const { claim, fit, missing, hasNow, turn } = view;
  const none = { take: [], cold: [] };
  const served = isServed(claim);
  if (missing.length === 0) return { ...none, standing: { phase: 'delivering' } };
  if (isLate(view) && !served) {
    const message = `${hasNow} of ${desiredOf(claim)} containers could be had within ${patience(view)}`;
    return { ...none, standing: { phase: 'settled', reason: 'DeadlineExceeded', message } };
  }
  if (turn.undecided) return { ...none, standing: { phase: 'undecided' } };
  const take = assign(missing, turn.shares, fit);
  if (take.length === missing.length) return { take, cold: [], standing: { phase: 'delivering' } };
  if (claim.spec.whenEmpty === 'Cold') return startCold(view, take);
  const least = served ? 0 : leastOf(claim);
  const enough = hasNow + take.length >= least;
  if (claim.spec.whenEmpty === 'Fail' && !served) {
    const message = `${hasNow + take.length} of ${desiredOf(claim)} containers were in stock, and the claim does not wait (whenEmpty: Fail)`;
    if (enough && hasNow + take.length > 0)
      return { take, cold: [], standing: { phase: 'settled', reason: 'StockEmpty', message } };
    return { ...none, standing: { phase: 'finished', reason: 'StockEmpty', message } };
  }
  return { take: enough ? take : [], cold: [], standing: { phase: 'waiting', ...turn.told } };
}

/** What the stock does not have is made for the claim, as fast as its pools allow. */
function startCold({ claim, fit, missing, coldRooms, turn, now }: Filling, take: readonly Assignment[]): Filled {
  const taken = new Set(take.map(({ slot }) => slot.index));
  const rest = missing.filter(({ index }) => !taken.has(index));
  const cold = assignCold(rest, fit, new Map([...coldRooms].map(([pool, { count }]) => [pool, count])));
  if (cold.length === rest.length) return { take, cold, standing: { phase: 'delivering' } };
  const names = [...fit.pools.values()].map(({ metadata }) => metadata.name).join(', ');
  const message = `waits to start ${rest.length - cold.length} of ${desiredOf(claim)} containers: pool ${names} starts no more for claims at present (spec.claims.coldStarts, spec.claims.tenants)`;
  // what its tenant gives back wakes nobody who starts cold
  const wakeAt = Math.min(now + coldPause, ...[...coldRooms.values()].map(({ againAt = Infinity }) => againAt));
  return { take, cold, standing: { phase: 'waiting', message, queue: turn.told.queue }, wakeAt };
}

/**
 * A surplus container fills a missing slot of its own item, where there is one, and is retired otherwise. One with a latch
 * was told its number once, and its Secret is by that number: it cannot take another.
 */
function settleSurplus({
  held,
  succeeded,
  missing,
  surplus,
  spent,
  refused,
}: Ledger): Pick<ClaimPlan, 'move' | 'retire'> & { missing: readonly Slot[] } {
  const open = [...missing];
  const move: { pod: Pod; from: Slot; to: Slot }[] = [];
  const retire: Retirement[] = [
    ...spent.map((pod) => ({ pod, why: 'it has ended' })),
    ...refused.map(
      ({ pod }): Retirement => ({
        pod,
        why: 'the claim gave it up before',
        ...(evictionRequestOf(pod) && { by: 'eviction' }),
      }),
    ),
  ];
  for (const { pod, slot } of surplus) {
    const done = succeeded.find((one) => one.slot.index === slot.index);
    const place = isLatched(pod) || done ? -1 : open.findIndex(({ itemName }) => itemName === slot.itemName);
    const [to] = place < 0 ? [] : open.splice(place, 1);
    if (to) move.push({ pod, from: slot, to });
    else {
      const keeper = (done ?? held.find((holding) => holding.slot.index === slot.index))?.pod;
      retire.push({
        pod,
        why: done
          ? `another container has done the work of number ${slot.index} of its claim`
          : `another container has number ${slot.index} of its claim`,
        ...(keeper && { keeper }),
      });
    }
  }
  return { move, retire, missing: open };
}

/** Those whose work has ended stay, with their logs, until the claim goes. */
function unfinished(ledger: Ledger, why: string): ClaimPlan['retire'] {
  const { held, replacements, leaving, surplus, refused, spent } = ledger;
  const podOf = ({ pod }: Holding) => pod;
  return [...[...held, ...replacements, ...leaving, ...surplus, ...refused].map(podOf), ...spent].map((pod) => ({
    pod,
    why,
  }));
}

/** An instant that is still to come: to look again at one that is past would be to look again for ever. */
const later = (instant: Instant | undefined, now: Instant): Instant | undefined =>
  instant !== undefined && instant > now ? instant : undefined;

function earliest(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
