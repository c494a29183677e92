/** What a claim has, read from the pods that carry its uid: they are the only record of what was delivered. Pure. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { Pod } from '../api/kubernetes.js';
import { annotations } from '../api/names.js';
import { claimUidOf, indexOf, isOver, isTerminating, type Slot, termOf } from '../line/index.js';
import { type Instant, instantOf } from '../support/time.js';
import { asGiven } from './fit/shapes.js';
import { releasedOf } from './released.js';
import { slotsOf } from './slots.js';

export interface Holding {
  readonly slot: Slot;
  readonly pod: Pod;
}

export interface Ledger {
  /** The slots that have a container, in order. */
  readonly held: readonly Holding[];
  readonly missing: readonly Slot[];
  /** Containers of the claim whose slot another one holds: two leaders were at work. */
  readonly surplus: readonly Holding[];
  /** Containers that have ended, or carry a number that the claim does not have. */
  readonly spent: readonly Pod[];
  /** Containers that were to go and could not be deleted: they fill no slot. */
  readonly refused: readonly Holding[];
}

/** @param isRefused whether the container could not be deleted when that was tried last */
export function readLedger(
  claim: ContainerClaim,
  pods: Iterable<Pod>,
  isRefused: (pod: Pod) => boolean = () => false,
): Ledger {
  const slots = slotsOf(claim);
  const released = releasedOf(claim);
  const holders = new Map<number, Pod[]>();
  const spent: Pod[] = [];
  const refused: Holding[] = [];
  for (const pod of pods) {
    if (claimUidOf(pod) !== claim.metadata.uid || isTerminating(pod)) continue;
    const index = indexOf(pod);
    const slot = index === undefined ? undefined : slots[index];
    if (slot && isRefused(pod)) refused.push({ slot: asGiven(slot, pod), pod });
    else if (index === undefined || index >= slots.length || isOver(pod)) spent.push(pod);
    else holders.set(index, [...(holders.get(index) ?? []), pod]);
  }
  const held: Holding[] = [];
  const missing: Slot[] = [];
  const surplus: Holding[] = [];
  for (const slot of slots) {
    const [keeper, ...others] = (holders.get(slot.index) ?? []).sort(keepsBefore);
    if (!keeper) {
      if (!released.has(slot.index)) missing.push(slot);
    } else held.push({ slot: asGiven(slot, keeper), pod: keeper });
    for (const pod of others) surplus.push({ slot: asGiven(slot, pod), pod });
  }
  return { held, missing, surplus, spent, refused };
}

/** Of several containers with one number, every replica keeps the same: of the latest lease term, then of the lowest uid. */
function keepsBefore(a: Pod, b: Pod): number {
  return termOf(b) - termOf(a) || (a.metadata.uid < b.metadata.uid ? -1 : 1);
}

/** When the first of the claim's containers was handed over. */
export function firstDelivery({ held }: Ledger): Instant | undefined {
  let first: Instant | undefined;
  for (const { pod } of held) {
    const instant = instantOf(pod.metadata.annotations?.[annotations.deliveredAt]);
    if (instant !== undefined && (first === undefined || instant < first)) first = instant;
  }
  return first;
}

export function lastDelivery({ held }: Ledger): string | undefined {
  let last: string | undefined;
  for (const { pod } of held) {
    const text = pod.metadata.annotations?.[annotations.deliveredAt];
    if (text !== undefined && (last === undefined || text > last)) last = text;
  }
  return last;
}
