/** What a claim has, read from the pods that carry its uid: they are the only record of what was delivered. Pure. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import {
  claimUidOf,
  type Ending,
  endingOf,
  hasItsImage,
  indexOf,
  isResized,
  isTerminating,
  type Slot,
} from '../line/index.js';
import { type Instant, instantOf } from '../support/time.js';
import { parseIndexes } from './completed-indexes.js';
import { asGiven } from './fit/shapes.js';
import { releasedOf } from './released.js';
import { isReplaceable, settleSlot } from './replacement.js';
import { type Failures, failuresOf, retryAt } from './retry.js';
import { slotsOf } from './slots.js';
import { isSettled } from './standing.js';

export interface Holding {
  readonly slot: Slot;
  readonly pod: Pod;
}

/** A slot whose work is done. Its pod stays until the claim goes, unless somebody deletes it. */
export interface Succeeded {
  readonly slot: Slot;
  readonly pod?: Pod;
}

/** A container whose work failed. It stays until the claim goes, with its log. */
export interface Failed extends Holding {
  readonly ending: Ending & { readonly outcome: 'failed' };
}

/** A slot whose work failed, and is not tried again before. */
export interface BackingOff {
  readonly slot: Slot;
  readonly until: Instant;
}

/** A container that is asked to go, and the one that has taken its place. */
export interface Leaving extends Holding {
  readonly keeper: Pod;
}

export interface Ledger {
  /** The slots that have a container whose work goes on, in order. */
  readonly held: readonly Holding[];
  readonly succeeded: readonly Succeeded[];
  readonly failed: readonly Failed[];
  readonly backingOff: readonly BackingOff[];
  /** What has failed so far, by the slot's number. */
  readonly failures: ReadonlyMap<number, Failures>;
  readonly missing: readonly Slot[];
  /** Slots that the claim does not fill, as it ended with fewer than it asked for. */
  readonly forgone: readonly Slot[];
  /** Of those that are held, these are asked to go and have no replacement yet; their slots as the claim has them. */
  readonly asked: readonly Holding[];
  /** Containers that are to take the place of one that is held, and do not serve yet: nothing counts them. */
  readonly replacements: readonly Holding[];
  readonly leaving: readonly Leaving[];
  /** Containers of the claim whose slot another one holds, or whose work another one has done: two leaders were at work. */
  readonly surplus: readonly Holding[];
  /** Containers that were lost, or carry a number that the claim does not have. */
  readonly spent: readonly Pod[];
  /** Containers that were to go and could not be deleted: they fill no slot. */
  readonly refused: readonly Holding[];
}

/** What the pods say of one slot. */
export interface Found {
  readonly running: Pod[];
  readonly succeeded: Pod[];
  readonly failed: { readonly pod: Pod; readonly ending: Failed['ending'] }[];
}

/** @param isRefused whether the container could not be deleted when that was tried last */
export function readLedger(
  claim: ContainerClaim,
  pods: Iterable<Pod>,
  now: Instant,
  isRefused: (pod: Pod) => boolean = () => false,
): Ledger {
  const slots = slotsOf(claim);
  const { found, spent, refused } = sort(claim, pods, slots, isRefused);
  const recorded = parseIndexes(claim.status?.completedIndexes);
  const known = new Map(claim.status?.retries?.map((retry) => [retry.index, retry]));
  const released = releasedOf(claim);
  const granted = isSettled(claim) ? parseIndexes(claim.status?.grantedIndexes) : undefined;
  const held: Holding[] = [];
  const succeeded: Succeeded[] = [];
  const failed: Failed[] = [];
  const failures = new Map<number, Failures>();
  const backingOff: BackingOff[] = [];
  const missing: Slot[] = [];
  const forgone: Slot[] = [];
  const asked: Holding[] = [];
  const replacements: Holding[] = [];
  const leaving: Leaving[] = [];
  const surplus: Holding[] = [];
  for (const slot of slots) {
    const one = found.get(slot.index) ?? { running: [], succeeded: [], failed: [] };
    const holding = (pod: Pod): Holding => ({ slot: asGiven(slot, pod), pod });
    for (const { pod, ending } of one.failed) failed.push({ ...holding(pod), ending });
    const tried = failuresOf(one, known.get(slot.index));
    if (tried.count > 0) failures.set(slot.index, tried);
    const [done] = one.succeeded;
    if (done || recorded.has(slot.index)) {
      succeeded.push(done ? holding(done) : { slot });
      surplus.push(...one.running.map(holding));
      continue;
    }
    const again = tried.count === 0 ? slot : { ...slot, failures: tried.count };
    const { keeper, replacement, ...others } = settleSlot(one.running, (pod) => isConfigured(holding(pod)));
    surplus.push(...others.surplus.map(holding));
    if (keeper) {
      held.push(holding(keeper));
      leaving.push(...others.leaving.map((pod) => ({ ...holding(pod), keeper })));
      if (replacement) replacements.push(holding(replacement));
      else if (isReplaceable(keeper)) asked.push({ slot: again, pod: keeper });
    } else if (!released.has(slot.index)) {
      const until = retryAt(tried);
      if (granted && !granted.has(slot.index)) forgone.push(slot);
      else if (until > now) backingOff.push({ slot: again, until });
      else missing.push(again);
    }
  }
  const ofRequests = { asked, replacements, leaving };
  return { held, succeeded, failed, failures, backingOff, missing, forgone, ...ofRequests, surplus, spent, refused };
}

function sort(claim: ContainerClaim, pods: Iterable<Pod>, slots: readonly Slot[], isRefused: (pod: Pod) => boolean) {
  const found = new Map<number, Found>();
  const spent: Pod[] = [];
  const refused: Holding[] = [];
  for (const pod of pods) {
    if (claimUidOf(pod) !== claim.metadata.uid) continue;
    const ending = endingOf(pod);
    // what goes before its work has ended is lost, and counts no more
    if (isTerminating(pod) && (ending === undefined || ending.outcome === 'lost')) continue;
    const index = indexOf(pod);
    const slot = index === undefined ? undefined : slots[index];
    const isDone = ending !== undefined && ending.outcome !== 'lost';
    if (slot && !isDone && isRefused(pod)) {
      refused.push({ slot: asGiven(slot, pod), pod });
      continue;
    }
    if (index === undefined || !slot || ending?.outcome === 'lost') {
      if (!isTerminating(pod)) spent.push(pod);
      continue;
    }
    const one: Found = found.get(index) ?? { running: [], succeeded: [], failed: [] };
    found.set(index, one);
    if (ending === undefined) one.running.push(pod);
    else if (ending.outcome === 'succeeded') one.succeeded.push(pod);
    else one.failed.push({ pod, ending });
  }
  return { found, spent, refused };
}

/** Whether the container has the size and the image that the claim gives it. */
export const isConfigured = (holding: Holding): boolean => isResized(holding) && hasItsImage(holding);

/** How many slots have a container, or have had one whose work ended: what is not missing for want of one. */
export const servedSlots = ({ held, succeeded, backingOff }: Ledger): number =>
  held.length + succeeded.length + backingOff.length;

/** When the first of the claim's containers was handed over. */
export function firstDelivery(ledger: Ledger): Instant | undefined {
  let first: Instant | undefined;
  for (const pod of delivered(ledger)) {
    const instant = instantOf(pod.metadata.annotations?.[annotations.deliveredAt]);
    if (instant !== undefined && (first === undefined || instant < first)) first = instant;
  }
  return first;
}

export function lastDelivery(ledger: Ledger): string | undefined {
  let last: string | undefined;
  for (const pod of delivered(ledger)) {
    const text = pod.metadata.annotations?.[annotations.deliveredAt];
    if (text !== undefined && (last === undefined || text > last)) last = text;
  }
  return last;
}

const delivered = ({ held, succeeded, failed }: Ledger): readonly Pod[] =>
  [...held, ...succeeded, ...failed].flatMap(({ pod }) => pod ?? []);
