import { ContainerClaim } from '../api/container-claim.js';
import { ContainerPool } from '../api/container-pool.js';
import { Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../api/meta/resource.js';
import * as claims from '../claims/index.js';
import {
  type DeliverWork,
  handOver,
  isDeliverable,
  Line,
  type LineMetrics,
  poolKeyOf,
  type ProduceWork,
  provision,
  type ReclaimWork,
  resize,
  retire,
  unmeasured,
  verify,
} from '../line/index.js';
import * as pools from '../pools/index.js';
import {
  type ControllerDefinition,
  createManager,
  defineController,
  For,
  type Manager,
  type ManagerOptions,
  Maps,
} from '../runtime/index.js';

export interface OperatorOptions extends ManagerOptions {
  readonly lineMetrics?: LineMetrics;
}

/** Containers of one claim that are handed over at once; the client's own limit is for all claims together. */
const deliveriesAtOnce = 48;
/** So few that a delivery never waits behind many of them, so many that the server is never idle. */
const productionsAtOnce = 4;
/** So long a container for stock waits at most for deliveries that are under way. */
const refillPatience = 200;
const reclaimsAtOnce = 16;
/** Different claims that are worked on at once. */
const claimsAtOnce = 64;
const poolsAtOnce = 8;

/** A pool looks at its whole stock: once for a burst of deliveries, and after them. */
const stockDelay = 50;

/**
 * Puts pools, claims and the production line together for a cluster and a clock: the one wiring that `penstock run`, the
 * demo, the tests and the benches use. Call `start` on what it returns.
 */
export function createOperator(options: OperatorOptions): Manager {
  const manager = createManager(options);
  index(manager);
  const metrics = options.lineMetrics ?? unmeasured;
  const reclaim = new Line<ReclaimWork>([retire], { concurrency: reclaimsAtOnce }, metrics);
  const deliver = new Line<DeliverWork>([handOver, resize, verify], { concurrency: deliveriesAtOnce }, metrics);
  const yieldsTo = { line: deliver, atMost: refillPatience };
  const produce = new Line<ProduceWork>([provision], { concurrency: productionsAtOnce, yieldsTo }, metrics);
  const { cluster, cache } = manager;
  manager.add(poolController(new pools.PoolController(cluster, cache, options.clock, { produce, reclaim })));
  manager.add(
    claimController(manager, new claims.ClaimController(cluster, cache, options.clock, { deliver, reclaim })),
  );
  return manager;
}

function index(manager: Manager): void {
  manager.index(Pod, pools.indexes.stock, pools.stock);
  manager.index(Pod, pools.indexes.delivered, pools.delivered);
  manager.index(Pod, claims.indexes.podsOfClaim, claims.podsOfClaim);
  manager.index(Pod, claims.indexes.shelf, claims.shelf);
  manager.index(ContainerClaim, claims.indexes.openClaims, claims.openClaims);
}

function poolController(reconciler: pools.PoolController): ControllerDefinition {
  return defineController({
    name: 'pools',
    reconciler,
    concurrency: poolsAtOnce,
    watches: [For(ContainerPool), Maps(Pod, poolsOf, { delay: stockDelay })],
  });
}

function poolsOf(pod: Pod): readonly Key[] {
  const pool = poolKeyOf(pod);
  return pool === undefined ? [] : [pool];
}

function claimController({ cache }: Manager, reconciler: claims.ClaimController): ControllerDefinition {
  const waitingFor = (pool: string) => {
    const open = cache.byIndex(ContainerClaim, claims.indexes.openClaims, pool);
    // what other claims are taking at this moment is counted too: one wake-up too many finds nothing, one too few waits
    return open.size === 0 ? [] : claims.whoseTurn(open.values(), cache.byIndex(Pod, claims.indexes.shelf, pool).size);
  };
  return defineController({
    name: 'claims',
    reconciler,
    concurrency: claimsAtOnce,
    watches: [
      For(ContainerClaim),
      Maps(Pod, claims.podsOfClaim),
      // a container that has come into stock wakes the claims whose turn it is
      Maps(Pod, (pod) => (isDeliverable(pod) ? waitingFor(poolKeyOf(pod) ?? '') : [])),
      // a pool that has come, or has changed its rules, may serve what it refused before
      Maps(
        ContainerPool,
        (pool) => [...cache.byIndex(ContainerClaim, claims.indexes.openClaims, keyOf(nameOf(pool))).keys()],
        {
          when: (old, pool) => old?.metadata.generation !== pool?.metadata.generation,
        },
      ),
    ],
  });
}
