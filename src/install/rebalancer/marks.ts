/** What the rebalancer has written on objects of others: it goes with the rebalancer. */
import { evictionRequestOf } from '../../api/eviction-request.js';
import { Node, Pod } from '../../api/kubernetes.js';
import { labels } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isMarked, requester, withdrawReport, withdrawRequest } from '../../rebalancer/index.js';
import { all } from '../doctor/sight.js';

export const markedNodes = async (cluster: Cluster): Promise<readonly Node[]> =>
  (await all(cluster, Node)).filter(isMarked);

/** What was taken back. */
interface RemovedMarks {
  readonly nodes: readonly Node[];
  readonly requests: readonly Pod[];
}

/** Takes marks off nodes, and requests back that nobody has fulfilled. The rebalancer must have stopped: it would write them again. */
export async function removeMarks(cluster: Cluster): Promise<RemovedMarks> {
  const { signal } = new AbortController();
  const nodes = await markedNodes(cluster);
  for (const { metadata } of nodes) await withdrawReport(cluster, metadata.name, signal);
  // requests stand on containers from pools alone: all other pods are evicted
  const requests = (await all(cluster, Pod, { labels: labels.pool })).filter(
    (pod) => evictionRequestOf(pod)?.requester === requester,
  );
  for (const pod of requests) await withdrawRequest(cluster, pod, signal);
  return { nodes, requests };
}
