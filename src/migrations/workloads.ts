/** The two ends of a migration, as they are now. */
import type { ContainerClaim } from '../api/container-claim.js';
import type { TemplatedPool } from '../api/container-pool.js';
import type { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import type { Holding } from '../claims/index.js';
import type { Slot } from '../line/index.js';
import type { Instant } from '../support/time.js';

export interface PoolEnd {
  readonly kind: 'ContainerPool';
  readonly pool: TemplatedPool;
  /** In stock and ready, for anybody. */
  readonly stock: readonly Pod[];
  /** Whether its production line puts back into stock what comes from a claim. */
  readonly cleans: boolean;
}

export interface ClaimEnd {
  readonly kind: 'ContainerClaim';
  readonly claim: ContainerClaim;
  readonly held: readonly Holding[];
  /** Numbers whose work is done: they have gone nowhere. */
  readonly done: ReadonlySet<number>;
  /** The numbers that it fills and that have no container. */
  readonly missing: readonly Slot[];
  /** Those that serve it. */
  readonly pools: readonly TemplatedPool[];
  /** When the lives of its containers end, of one that has a lifetime. */
  readonly expiresAt: Instant | undefined;
}

export interface DeploymentEnd {
  readonly kind: 'Deployment';
  readonly deployment: Deployment;
  /** The one of its present template. */
  readonly replicaSet: ReplicaSet;
  /** Those of the ReplicaSet that have not ended. */
  readonly pods: readonly Pod[];
}

export type End = PoolEnd | ClaimEnd | DeploymentEnd;

/** Why there is no such end, in a word and in a sentence. */
export interface Absent {
  readonly kind: 'absent';
  readonly reason: 'NotFound' | 'NotReady' | 'Refused';
  readonly message: string;
}
