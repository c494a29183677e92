/** What of Penstock there is in a cluster, before it is taken out. */
import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { ConfigMap, CustomResourceDefinition, Deployment, Lease, type Node, Pod } from '../../api/kubernetes.js';
import { labels, states } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isGated, isOver, isTerminating } from '../../line/index.js';
import { all } from '../doctor/sight.js';
import { allParts } from '../installation.js';
import { leaseName, operatorName, rebalancerName, schedulerName } from '../names.js';
import { moveLogName } from '../../operator/index.js';
import { type Part, part } from '../part.js';
import { find, isOurs } from '../put.js';
import { markedNodes } from '../rebalancer/marks.js';
import { claimsOwning } from './release.js';

export interface Survey extends Containers {
  readonly pools: readonly ContainerPool[];
  /** With those that are being deleted. */
  readonly claims: readonly ContainerClaim[];
  /** Pods that wait at the gate. */
  readonly gated: readonly Pod[];
  /** Of the installation, in the order in which they were installed; what bears our name but not our label is not ours. */
  readonly parts: readonly Part[];
  /** That the rebalancer has marked. */
  readonly nodes: readonly Node[];
  /** By which Helm installed it, if it did. */
  readonly release: string | undefined;
}

export async function survey(cluster: Cluster, namespace: string): Promise<Survey> {
  const [pools, claims, pending, parts, nodes] = await Promise.all([
    all(cluster, ContainerPool),
    all(cluster, ContainerClaim),
    all(cluster, Pod, { fields: 'status.phase=Pending' }),
    partsThere(cluster, namespace),
    markedNodes(cluster),
  ]);
  const operator = deploymentOf(parts, operatorName);
  const deployment = operator && (await find(cluster, operator));
  return {
    pools,
    claims,
    ...(await containersThere(cluster, claims)),
    gated: pending.filter((pod) => isGated(pod) && !isTerminating(pod)),
    parts,
    nodes,
    release: deployment?.metadata.annotations?.['meta.helm.sh/release-name'],
  };
}

export interface Containers {
  /** Of claims, but for those that are being deleted. */
  readonly delivered: readonly Pod[];
  /** In stock, on their way there, back from claims, or kept for a tenant. */
  readonly stock: readonly Pod[];
  /** Of claims that are being deleted: nobody wants them any more. */
  readonly ending: readonly Pod[];
}

const statesOfStock: ReadonlySet<string> = new Set([
  states.producing,
  states.stocked,
  states.returned,
  states.kept,
  states.quarantined,
]);

/** The containers that there are now, and that are not on their way out already. */
export async function containersThere(cluster: Cluster, claims: readonly ContainerClaim[]): Promise<Containers> {
  const doomed = new Set(
    claims.filter(({ metadata }) => metadata.deletionTimestamp !== undefined).map(({ metadata }) => metadata.uid),
  );
  const marked = (await all(cluster, Pod, { labels: labels.state })).filter(
    (pod) => !isTerminating(pod) && !isOver(pod),
  );
  const owned = marked.filter((pod) => claimsOwning(pod).length > 0);
  const delivered = owned.filter((pod) => claimsOwning(pod).some((uid) => !doomed.has(uid)));
  return {
    delivered,
    stock: marked.filter(({ metadata }) => statesOfStock.has(metadata.labels?.[labels.state] ?? '')),
    ending: owned.filter((pod) => !delivered.includes(pod)),
  };
}

/** The Deployment of a program. */
export const deploymentOf = (parts: readonly Part[], name: string): Part | undefined =>
  parts.find(({ kind, object }) => kind.name === Deployment.name && object.metadata.name === name);

/** All that an installation can consist of, whichever features it had, and the leases of its programs. */
async function partsThere(cluster: Cluster, namespace: string): Promise<readonly Part[]> {
  const parts = [
    ...allParts({ namespace, image: '', replicas: 0, version: '' }),
    part(Lease, { metadata: { namespace, name: leaseName } }),
    part(Lease, { metadata: { namespace, name: schedulerName } }),
    part(Lease, { metadata: { namespace, name: rebalancerName } }),
    part(ConfigMap, { metadata: { namespace, name: moveLogName } }),
  ];
  const there = await Promise.all(
    parts.map(async (one) => {
      const found = await find(cluster, one);
      // a Lease and the log of moves are made by their programs, and a definition may be older than its label
      const isNamed =
        one.kind.name === Lease.name ||
        one.kind.name === CustomResourceDefinition.name ||
        one.object.metadata.name === moveLogName;
      return found && (isOurs(found) || isNamed) ? [one] : [];
    }),
  );
  return there.flat();
}
