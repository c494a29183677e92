import { Node, Pod } from '../api/kubernetes.js';
import { controllerOf } from '../api/meta/kind.js';
import { keyOf, nameOf } from '../api/meta/resource.js';
import { annotations, stoppable } from '../api/names.js';
import { claimKeyOf, isDeliverable, isKept, poolKeyOf } from '../line/index.js';
import { type Cache, createManager, type Manager, type ManagerOptions } from '../runtime/index.js';
import { Rebalancer, type RebalancerMetrics, type RebalancerProfile } from '../rebalancer/index.js';
import { followCluster, SchedulerCache, trimmedPod } from '../scheduler/index.js';

export interface RebalancerProgramOptions extends ManagerOptions {
  readonly profile: RebalancerProfile;
  /** Where it writes down what it has begun. */
  readonly namespace: string;
  readonly rebalancerMetrics?: RebalancerMetrics;
  /** Default: they are; the embedded cluster serves none. */
  readonly watchesVolumes?: boolean;
  /** See `RebalancerOptions`. */
  readonly dryRun?: boolean;
}

/** The ConfigMap in which the moves stand that were begun. */
export const moveLogName = 'penstock-rebalancer-moves';

const stockByPool = 'rebalancer/stock-by-pool';
const stockByReplicaSet = 'rebalancer/stock-by-replica-set';

/** Puts the rebalancer together for a cluster and a clock: what `penstock rebalance` and the tests use. Call `manager.start`. */
export function createRebalancer(options: RebalancerProgramOptions): {
  readonly manager: Manager;
  readonly rebalancer: Rebalancer;
  /** To be told the use of nodes. */
  readonly cache: SchedulerCache;
} {
  const { profile, namespace, rebalancerMetrics, clock, watchesVolumes = true, dryRun = false } = options;
  const manager = createManager({ component: 'penstock.dev/rebalancer', ...options });
  const cache = new SchedulerCache();
  manager.index(Pod, stockByPool, (pod) => (isFree(pod) ? [poolKeyOf(pod) ?? ''] : []));
  manager.index(Pod, stockByReplicaSet, (pod) => (isFree(pod) ? replicaSetKeys(pod) : []));
  const rebalancer = new Rebalancer({
    ...profile,
    cluster: manager.cluster,
    cache: manager.cache,
    clock,
    view: cache,
    stockOf: (pod) => stockOf(pod, manager.cache),
    log: { namespace, name: moveLogName },
    dryRun,
    ...(rebalancerMetrics && { metrics: rebalancerMetrics }),
  });
  manager.trim(Pod, podForRebalancing);
  manager.trim(Node, withoutOwnTaint);
  manager.add(
    followCluster(cache, { name: 'rebalancer', reconciler: rebalancer, watchesVolumes, watchesBudgets: true }),
  );
  return { manager, rebalancer, cache };
}

/** What the scheduler keeps of a pod, and what says whether and how it can be moved. */
function podForRebalancing(pod: Pod): Pod {
  const trimmed = trimmedPod(pod);
  const { annotations: own, ownerReferences } = pod.metadata;
  return {
    ...trimmed,
    metadata: { ...trimmed.metadata, ...(own && { annotations: own }), ...(ownerReferences && { ownerReferences }) },
  };
}

/** The taint by which the rebalancer keeps pods away from a node says nothing about the node itself. */
const withoutOwnTaint = (node: Node): Node =>
  node.spec?.taints?.some(({ key }) => key === stoppable.taint)
    ? { ...node, spec: { ...node.spec, taints: node.spec.taints.filter(({ key }) => key !== stoppable.taint) } }
    : node;

/** Ready containers that its owner could put in a pod's place: of the pool that it came from, or made for its ReplicaSet. */
function stockOf(pod: Pod, cache: Cache) {
  const controller = controllerOf(pod);
  const pool = claimKeyOf(pod) === undefined ? undefined : poolKeyOf(pod);
  const found =
    controller?.kind === 'ReplicaSet'
      ? cache.byIndex(Pod, stockByReplicaSet, keyOf({ namespace: pod.metadata.namespace ?? '', name: controller.name }))
      : pool === undefined
        ? undefined
        : cache.byIndex(Pod, stockByPool, pool);
  return [...(found?.values() ?? [])].map((one) => ({ pod: keyOf(nameOf(one)), node: one.spec?.nodeName ?? '' }));
}

/** For anybody: what is kept for a tenant is no replacement for others. */
const isFree = (pod: Pod): boolean => isDeliverable(pod) && !isKept(pod);

function replicaSetKeys({ metadata }: Pod): readonly string[] {
  const name = metadata.annotations?.[annotations.replicaSet];
  return name === undefined ? [] : [keyOf({ namespace: metadata.namespace ?? '', name })];
}
