import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';

/** What every call of this room needs. */
export interface ClientParts {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}
