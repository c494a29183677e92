import { PodDisruptionBudget } from '../../../src/api/administration.js';
import { ContainerClaim } from '../../../src/api/container-claim.js';
import { ConfigMap, Node, Pod } from '../../../src/api/kubernetes.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import type { Clock } from '../../../src/support/clock.js';
import { type Seen, ServerRecord } from '../../faults/server-record.js';

/** One version of one object, as the server kept it. */
export type Happening =
  | Seen<'pod', Pod>
  | Seen<'node', Node>
  | Seen<'claim', ContainerClaim>
  | Seen<'budget', PodDisruptionBudget>
  | Seen<'config-map', ConfigMap>;

/** Everything that ever happened to what the rebalancer moves, marks, heeds and writes down. */
export function recordOf(cluster: Cluster, clock: Clock, signal: AbortSignal): ServerRecord<Happening> {
  const record = new ServerRecord<Happening>(cluster, clock, signal);
  record.follow(Pod, (seen) => ({ of: 'pod', ...seen }));
  record.follow(Node, (seen) => ({ of: 'node', ...seen }));
  record.follow(ContainerClaim, (seen) => ({ of: 'claim', ...seen }));
  record.follow(PodDisruptionBudget, (seen) => ({ of: 'budget', ...seen }));
  record.follow(ConfigMap, (seen) => ({ of: 'config-map', ...seen }));
  return record;
}
