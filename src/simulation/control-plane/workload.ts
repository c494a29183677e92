import type { ContainerClaim } from '../../api/container-claim.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Draft, Resource } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Duration } from '../../support/time.js';

/** An object that is there from the beginning: a pool, a Deployment, a pod. Made by `object`, which keeps kind and draft together. */
export interface InitialObject {
  create(cluster: Cluster): Promise<unknown>;
}

export const object = <T extends Resource>(kind: Kind<T>, draft: Draft<T>): InitialObject => ({
  create: (cluster) => cluster.create(kind, draft),
});

/** A claim that comes at an instant, counted from the start of the simulation, and is deleted later. */
export interface ScheduledClaim {
  readonly at: Duration;
  readonly draft: Draft<ContainerClaim>;
  /** From the claim's creation; absent: it stays. */
  readonly heldFor?: Duration;
}

export interface Workload {
  readonly objects?: readonly InitialObject[];
  readonly claims?: readonly ScheduledClaim[];
}
