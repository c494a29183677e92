import type { ClaimItem, ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool } from '../api/container-pool.js';
import type { Pod } from '../api/kubernetes.js';
import type { Instant } from '../support/time.js';

/** One container that a claim asks for: the `index`-th of all its items together. */
export interface Slot {
  readonly index: number;
  /** The item's name, or its place in `items`. */
  readonly itemName: string;
  readonly item: ClaimItem;
}

/** A container on its way into stock. */
export interface ProduceWork {
  readonly pool: ContainerPool;
  readonly pod?: Pod;
}

/** A container on its way to a claim. */
export interface DeliverWork {
  readonly claim: ContainerClaim;
  readonly slot: Slot;
  readonly pod: Pod;
  readonly origin: string;
  /** When the container's life ends, where the claim has a lifetime. */
  readonly expiresAt?: Instant;
}

/** A container on its way out. */
export interface ReclaimWork {
  readonly pod: Pod;
  readonly why: string;
}
