/** What stocks pools, tells of them, and counts what is asked of those that size themselves. */
import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { Deployment, Node, Pod, ReplicaSet } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import { ProductionLine } from '../api/production-line.js';
import * as claims from '../claims/index.js';
import { deploymentKeyOf, type LeavingNodes, leavesOtherwise } from '../line/index.js';
import * as pools from '../pools/index.js';
import { Bell, type ControllerDefinition, defineController, For, type Manager, Maps, Rings } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { optsOtherwise, replicaSetOf, saysOtherwise, standsOtherwise } from './deployments.js';
import { goesOtherwise, poolsBy, poolsFor, poolsOf, poolsWithStockOn, priorities } from './wake-ups.js';

/** Different pools that are worked on at once: half of them of one namespace. */
const poolsAtOnce = 16;
/** New claims and replicas that are counted at once. */
const demandsAtOnce = 128;

/** A pool looks at what has changed once for a burst of deliveries, and after them. */
const stockDelay = 50;

export interface PoolShares {
  readonly sizer: pools.Sizer;
  readonly metrics: pools.PoolMetrics;
  readonly lacking: claims.Lacking;
  readonly nodes: LeavingNodes;
}

/** Has a manager stock pools, and tell of them. */
export function addPools(
  manager: Manager,
  { clock }: { readonly clock: Clock },
  lines: pools.PoolLines,
  { sizer, metrics, lacking, nodes }: PoolShares,
): void {
  const { cluster, cache } = manager;
  const bell = new Bell();
  const witnesses: pools.StockWitnesses = {
    reclaim: lines.reclaim,
    leaving: nodes,
    isLost: (pod) => lines.book.producing(pod) === undefined,
  };
  const stocks = new pools.StockCache(cache, witnesses);
  manager.onChange(Pod, (old, pod) => stocks.observe(old, pod));
  const planner = new pools.Planner({ cache, book: lines.book, stocks, witnesses, reminders: new pools.Reminders() });
  const templates = new pools.Templates(cluster, cache, clock, stocks);
  const findings = new pools.Findings(bell);
  const shared = { cluster, cache, clock, stocks, planner, templates, findings };
  const of = (pool: Key) => lacking.of(pool);
  manager.add(poolController(manager, new pools.PoolController({ ...shared, lines, sizer, metrics, lacking: of })));
  manager.add(poolStatusController(new pools.PoolStatusController(shared), bell));
}

function poolStatusController(reconciler: pools.PoolStatusController, bell: Bell): ControllerDefinition {
  return defineController({
    name: 'pool-status',
    reconciler,
    concurrency: poolsAtOnce,
    watches: [
      For(ContainerPool),
      Rings(ContainerPool, bell, { delay: stockDelay }),
      Maps(Pod, poolsOf, { delay: stockDelay }),
    ],
  });
}

function poolController({ cache }: Manager, reconciler: pools.PoolController): ControllerDefinition {
  const poolsForDeployment = (deployment: Key) => [
    ...cache.byIndex(ContainerPool, pools.indexes.forDeployment, deployment).keys(),
  ];
  const poolsOfReplica = (pod: Pod) =>
    replicaSetOf(pod).flatMap((key) => {
      const set = cache.get(ReplicaSet, key);
      return set ? poolsForDeployment(deploymentKeyOf(set) ?? '') : [];
    });
  return defineController({
    name: 'pools',
    reconciler,
    priority: priorities.stock,
    concurrency: poolsAtOnce,
    watches: [
      For(ContainerPool),
      Maps(Pod, poolsOf, { delay: stockDelay }),
      // what stands on a node whose pods have to go is no stock
      Maps(Node, (node) => poolsWithStockOn(node, cache), { when: leavesOtherwise }),
      // a pool for a Deployment has the template of its newest ReplicaSet
      Maps(Deployment, (deployment) => poolsForDeployment(keyOf(nameOf(deployment))), { when: optsOtherwise }),
      Maps(ReplicaSet, (set) => poolsForDeployment(deploymentKeyOf(set) ?? ''), { when: saysOtherwise }),
      // what is made from now on goes by the line as it is now
      Maps(ProductionLine, (line) => poolsBy(line, cache), { when: goesOtherwise }),
      // a pool that sizes itself makes what claims wait for
      Maps(ContainerClaim, (claim) => poolsFor(claim, cache), { when: waitsOtherwise, delay: stockDelay }),
      // replicas that start cold count against the stock that should have had one
      Maps(Pod, poolsOfReplica, { when: standsOtherwise, delay: stockDelay }),
    ],
  });
}

export function demandController(reconciler: pools.DemandController): ControllerDefinition {
  const isNew = (old: ContainerClaim | undefined) => old === undefined;
  return defineController({
    name: 'demand',
    reconciler,
    concurrency: demandsAtOnce,
    watches: [For(ContainerClaim, { when: isNew })],
  });
}

export function replicaDemandController(reconciler: pools.ReplicaDemandController): ControllerDefinition {
  const begins = (old: Pod | undefined, pod: Pod | undefined) =>
    pod !== undefined && pools.isReplica(pod) && !(old && pools.isReplica(old));
  return defineController({
    name: 'replica-demand',
    reconciler,
    concurrency: demandsAtOnce,
    watches: [For(Pod, { when: begins })],
  });
}

/** Whether a claim has begun or ceased to wait for stock, or waits for another number. */
function waitsOtherwise(old: ContainerClaim | undefined, claim: ContainerClaim | undefined): boolean {
  const lacking = (one: ContainerClaim | undefined) =>
    one && claims.isWaiting(one) ? (one.status?.desired ?? 0) - (one.status?.allocated ?? 0) : 0;
  return lacking(old) !== lacking(claim);
}
