import type { ContainerClaim } from '../api/container-claim.js';
import type { Slot } from '../line/index.js';

/** The containers that a claim asks for, numbered from 0 through all its items. */
export function slotsOf({ spec }: Pick<ContainerClaim, 'spec'>): readonly Slot[] {
  const slots: Slot[] = [];
  for (const [position, item] of spec.items.entries()) {
    const itemName = item.name ?? String(position);
    for (let i = 0; i < item.count; i++) slots.push({ index: slots.length, itemName, item });
  }
  return slots;
}

export function desiredOf({ spec }: Pick<ContainerClaim, 'spec'>): number {
  return spec.items.reduce((sum, { count }) => sum + count, 0);
}

/** How many must be had before any is delivered. */
export function leastOf(claim: Pick<ContainerClaim, 'spec'>): number {
  return claim.spec.minAvailable ?? desiredOf(claim);
}
