import type { ClaimItem, ContainerClaim } from '../api/container-claim.js';
import type { ContainerPool, TemplatedPool } from '../api/container-pool.js';
import type { Pod, ReplicaSet, Secret } from '../api/kubernetes.js';
import type { Instant } from '../support/time.js';

/** One container that a claim asks for: the `index`-th of all its items together. */
export interface Slot {
  readonly index: number;
  /** The item's name, or its place in `items`. */
  readonly itemName: string;
  readonly item: ClaimItem;
  /** How often its work has failed before; absent: never. */
  readonly failures?: number;
}

/** A container on its way into stock. */
export interface ProduceWork {
  readonly pool: TemplatedPool;
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
  /** The version of the production line that it goes by; absent: the built-in one. */
  readonly line?: string | undefined;
  /** The uid of the claim's container whose place it takes, where that is asked to go. */
  readonly replaces?: string;
  /** What the item's `secret` names, where it names one. */
  readonly secret?: Secret;
  /** The uid of the container's copy of it, where this work has made it. */
  readonly secretUid?: string;
}

/** A container that came back, on its way into stock. */
export interface RestockWork {
  readonly pod: Pod;
  readonly pool: TemplatedPool;
}

/** A container that is put aside, to be looked at. */
export interface QuarantineWork {
  readonly pod: Pod;
  readonly pool: ContainerPool;
  readonly why: string;
}

/** A container that gets another number of its claim. */
export interface RenumberWork {
  readonly claim: ContainerClaim;
  readonly pod: Pod;
  readonly from: Slot;
  readonly to: Slot;
}

/** A container on its way into a Deployment. */
export interface SwapWork {
  readonly pod: Pod;
  readonly replicaSet: ReplicaSet;
}

/** A pod that waits for what the stock has. */
export interface GatedWork {
  readonly pod: Pod;
}

/** A container on its way out, or back into the stock of its pool. */
export interface ReclaimWork {
  readonly pod: Pod;
  readonly why: string;
  /** Has it go by the Eviction API, which heeds disruption budgets. */
  readonly by?: 'eviction';
  /** Where it may serve its tenant again: the claim that it comes from, and its pool. */
  readonly back?: Omit<ReturnWork, 'pod'>;
  /** Where it has come back, and is being cleaned: its pool. */
  readonly cleaning?: TemplatedPool;
}

/** A container on its way back from a claim into the stock of its pool. */
export interface ReturnWork {
  readonly pod: Pod;
  readonly claim: ContainerClaim;
  readonly pool: TemplatedPool;
  /** Annotations that it takes with it besides. */
  readonly marks?: Readonly<Record<string, string>>;
}
