import { Node, Pod } from '../../../src/api/kubernetes.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import type { Clock } from '../../../src/support/clock.js';
import { type Seen, ServerRecord } from '../../faults/server-record.js';

/** One version of one object, as the server kept it. */
export type Happening = Seen<'pod', Pod> | Seen<'node', Node>;

/** Everything that ever happened to pods and nodes. */
export function recordOf(cluster: Cluster, clock: Clock, signal: AbortSignal): ServerRecord<Happening> {
  const record = new ServerRecord<Happening>(cluster, clock, signal);
  record.follow(Pod, (seen) => ({ of: 'pod', ...seen }));
  record.follow(Node, (seen) => ({ of: 'node', ...seen }));
  return record;
}
