import type { ContainerClaim } from '../api/container-claim.js';
import type { Metadata } from '../api/meta/metadata.js';
import type { Slot } from '../line/index.js';
import { releasedOf } from './released.js';

/** A claim, or what one is going to ask for. */
export interface Asking extends Pick<ContainerClaim, 'spec'> {
  readonly metadata?: Pick<Metadata, 'annotations'>;
}

/** The containers that a claim asks for, numbered from 0 through all its items, those that it has given away too. */
export function slotsOf({ spec }: Asking): readonly Slot[] {
  const slots: Slot[] = [];
  for (const [position, item] of spec.items.entries()) {
    const itemName = item.name ?? String(position);
    for (let i = 0; i < item.count; i++) slots.push({ index: slots.length, itemName, item });
  }
  return slots;
}

/** Those that it fills. */
export function openSlotsOf(claim: Asking): readonly Slot[] {
  const released = releasedOf(claim);
  return released.size === 0 ? slotsOf(claim) : slotsOf(claim).filter(({ index }) => !released.has(index));
}

export function desiredOf(claim: Asking): number {
  return claim.spec.items.reduce((sum, { count }) => sum + count, 0) - releasedOf(claim).size;
}

/** How many must be had before any is delivered. */
export function leastOf(claim: Asking): number {
  return Math.min(claim.spec.minAvailable ?? Infinity, desiredOf(claim));
}
