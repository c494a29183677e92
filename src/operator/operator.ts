import { ContainerClaim } from '../api/container-claim.js';
import { ContainerMigration } from '../api/container-migration.js';
import { ContainerPool } from '../api/container-pool.js';
import { Node, Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, namespaceOf } from '../api/meta/resource.js';
import { ProductionLine } from '../api/production-line.js';
import * as claims from '../claims/index.js';
import type { Executor } from '../cluster/executor.js';
import { DeploymentController } from '../deployments/index.js';
import {
  abandonAbout,
  abandonBy,
  AcceptanceController,
  type DeliverWork,
  type GatedWork,
  isDeliverable,
  isDelivered,
  leavesOtherwise,
  Line,
  type LineMetrics,
  Lines,
  move,
  type MoveWork,
  openGate,
  poolKeyOf,
  type ProduceWork,
  quarantine,
  type QuarantineWork,
  type ReclaimWork,
  renumber,
  type RenumberWork,
  type SwapWork,
  swapIn,
  tenantOf,
  unmeasured,
  watchLeavingNodes,
  type Workshop,
} from '../line/index.js';
import * as migrations from '../migrations/index.js';
import * as pools from '../pools/index.js';
import {
  BackgroundCalls,
  Bell,
  type ControllerDefinition,
  createManager,
  defineController,
  For,
  type HttpClient,
  type Manager,
  type ManagerOptions,
  Maps,
  Rings,
} from '../runtime/index.js';
import { deploymentController, indexDeployments } from './deployments.js';
import { watchPods } from './pods.js';
import { addPools, demandController, replicaDemandController } from './pools.js';
import { goesOtherwise, poolsBy, poolsFor, poolsOf, poolsWithStockOn, priorities } from './wake-ups.js';

export interface OperatorOptions extends ManagerOptions {
  readonly lineMetrics?: LineMetrics;
  readonly poolMetrics?: pools.PoolMetrics;
  /** By which stages of lines call users' programs. Without it they fail, and say so. */
  readonly http?: HttpClient;
  /** By which stages run programs in containers. Without it they fail, and say so. */
  readonly executor?: Executor;
}

const noCalls: HttpClient = {
  send: () => Promise.reject(new Error('this program calls no webhooks: `penstock run` does')),
};

/** Containers of one claim that are handed over at once; the client's own limit is for all claims together. */
const deliveriesAtOnce = 48;
/** So few that a delivery never waits behind many of them, so many that the server is never idle. */
const productionsAtOnce = 4;
/** So long a container for stock waits at most for deliveries that are under way. */
const refillPatience = 200;
const reclaimsAtOnce = 16;
/** Different claims that are worked on at once: half of them of one namespace. */
const claimsAtOnce = 128;
const opensAtOnce = 16;

/** Whose turn it is, is decided once for a burst of changes. */
const queueDelay = 10;

/**
 * Puts pools, claims and the production line together for a cluster and a clock: the one wiring that `penstock run`, the
 * demo, the tests and the benches use. Call `start` on what it returns.
 */
export function createOperator(options: OperatorOptions): Manager {
  const manager = createManager(options);
  index(manager);
  const metrics = options.lineMetrics ?? unmeasured;
  const reclaim = new Line<ReclaimWork>([], { concurrency: reclaimsAtOnce }, metrics);
  const deliver = new Line<DeliverWork>([], { concurrency: deliveriesAtOnce }, metrics);
  const aside = new Line<QuarantineWork>([quarantine], { concurrency: reclaimsAtOnce }, metrics);
  const renumbering = new Line<RenumberWork>([renumber], { concurrency: reclaimsAtOnce }, metrics);
  const swap = new Line<SwapWork>([swapIn], { concurrency: deliveriesAtOnce }, metrics);
  const open = new Line<GatedWork>([openGate], { concurrency: opensAtOnce }, metrics);
  const random = options.random.split('names');
  const yieldsTo = { line: bothOf(deliver, swap), atMost: refillPatience };
  const produce = new Line<ProduceWork>([], { concurrency: productionsAtOnce, yieldsTo }, metrics);
  const { cluster, cache } = manager;
  const calls = new BackgroundCalls(options.clock);
  const others = watchPods(manager);
  manager.onChange(Pod, (old, pod) => old && abandonAbout(calls, old, pod));
  manager.onChange(ProductionLine, (old, line) => old && abandonBy(calls, old, line));
  const workshop: Workshop = { random, calls, http: options.http, executor: options.executor };
  const book = new Lines(cache, workshop);
  const leaving = { reclaim, quarantine: aside, book };
  manager.add(lineController(new AcceptanceController(cluster, cache, options.clock, workshop)));
  const nodes = watchLeavingNodes(manager);
  const fits = new claims.Fits(cache, book);
  const shelf = new claims.Shelf(cache, reclaim, nodes);
  const board = new claims.Board();
  const lacking = new claims.Lacking(cache, fits, shelf);
  const poolMetrics = options.poolMetrics ?? pools.unobserved;
  const sizer = new pools.Sizer(cluster, options.clock, poolMetrics, options.http ?? noCalls, calls);
  addPools(manager, options, { produce, ...leaving }, { sizer, metrics: poolMetrics, lacking, nodes });
  const demandOf = (claim: ContainerClaim) => claims.demandOf(claim, fits.of(claim));
  manager.add(demandController(new pools.DemandController(cache, sizer, demandOf)));
  manager.add(replicaDemandController(new pools.ReplicaDemandController(cache, sizer)));
  const bells = { claims: new Bell(), queues: new Bell() };
  const reserved = new claims.Reserved();
  const shared = { shelf, fits, board, reserved, bell: bells.queues };
  manager.add(
    claimController(
      manager,
      new claims.ClaimController(
        cluster,
        cache,
        options.clock,
        random,
        { deliver, renumber: renumbering, ...leaving },
        shared,
      ),
      bells.claims,
    ),
  );
  const queue = new claims.QueueController({ cache, clock: options.clock, shelf, fits, board, bell: bells.claims });
  manager.add(queueController(manager, queue, board, bells.queues));
  manager.add(
    deploymentController(
      manager,
      new DeploymentController(cluster, cache, options.clock, { swap, open, reclaim, leaving: nodes, others }),
    ),
  );
  const ways = {
    move: new Line<MoveWork>([move], { concurrency: deliveriesAtOnce }, metrics),
    isRefused: (pod: Pod) => reclaim.isRefused(pod),
    leaving: nodes,
    // a container that cannot be brought back stays where it is: nobody else is to take it for one that is to go
    reclaim: new Line<ReclaimWork>([], { concurrency: reclaimsAtOnce }, metrics),
    book,
  };
  manager.add(
    defineController({
      name: 'migrations',
      reconciler: new migrations.MigrationController(cluster, cache, options.clock, ways, reserved, shelf),
      watches: [For(ContainerMigration)],
    }),
  );
  return manager;
}

type Busy = Pick<Line<never>, 'idle'>;

const bothOf = (a: Busy, b: Busy): Busy => ({
  idle: async (clock, atMost) => {
    await Promise.all([a.idle(clock, atMost), b.idle(clock, atMost)]);
  },
});

function index(manager: Manager): void {
  manager.index(Pod, pools.indexes.stock, pools.stock);
  manager.index(Pod, pools.indexes.stockOn, pools.stockOn);
  manager.index(Pod, pools.indexes.returned, pools.returned);
  manager.index(Pod, pools.indexes.delivered, pools.delivered);
  manager.index(Pod, pools.indexes.quarantined, pools.quarantined);
  manager.index(ContainerPool, pools.indexes.byLine, pools.byLine);
  manager.index(Pod, claims.indexes.podsOfClaim, claims.podsOfClaim);
  manager.index(Pod, claims.indexes.shelf, claims.shelf);
  manager.index(Pod, claims.indexes.podsOfPool, claims.podsOfPool);
  manager.index(Pod, claims.indexes.held, claims.held);
  manager.index(ContainerClaim, claims.indexes.openClaims, claims.openClaims);
  manager.index(ContainerClaim, claims.indexes.waitingClaims, claims.waitingClaims);
  manager.index(ContainerClaim, claims.indexes.finishedClaims, claims.finishedClaims);
  manager.index(ContainerPool, claims.indexes.poolsIn, claims.poolsIn);
  manager.index(Pod, migrations.indexes.moved, migrations.podsOfMigration);
  manager.index(ContainerPool, pools.indexes.forDeployment, pools.forDeployment);
  indexDeployments(manager);
}

function lineController(reconciler: AcceptanceController): ControllerDefinition {
  return defineController({ name: 'lines', reconciler, watches: [For(ProductionLine)] });
}

function claimController({ cache }: Manager, reconciler: claims.ClaimController, bell: Bell): ControllerDefinition {
  const finishedFor = (pool: Key) =>
    [pool, claims.anyPoolOf(namespaceOf(pool))].flatMap((key) => [
      ...cache.byIndex(ContainerClaim, claims.indexes.finishedClaims, key).keys(),
    ]);
  const openFor = (pool: Key) =>
    [pool, claims.anyPoolOf(namespaceOf(pool))].flatMap((key) => [
      ...cache.byIndex(ContainerClaim, claims.indexes.openClaims, key).keys(),
    ]);
  return defineController({
    name: 'claims',
    reconciler,
    priority: priorities.delivery,
    concurrency: claimsAtOnce,
    watches: [
      For(ContainerClaim),
      Maps(Pod, claims.podsOfClaim),
      // those whose turn it is, and those that have to say something else of their place
      Rings(ContainerClaim, bell),
      // a line that has come, or was accepted, lets its pools serve
      Maps(ProductionLine, (line) => poolsBy(line, cache).flatMap(openFor), { when: goesOtherwise }),
      // a pool that has come, or has changed its rules, may serve what it refused before
      Maps(ContainerPool, (pool) => openFor(keyOf(nameOf(pool))), { when: changesRules }),
      // how long a finished claim stays
      Maps(ContainerPool, (pool) => finishedFor(keyOf(nameOf(pool))), { when: changesTtl }),
    ],
  });
}

function queueController(
  { cache }: Manager,
  reconciler: claims.QueueController,
  board: claims.Board,
  bell: Bell,
): ControllerDefinition {
  const isWaitedFor = (pool: Key) =>
    board.at(pool).size > 0 ||
    [pool, claims.anyPoolOf(namespaceOf(pool))].some(
      (key) => cache.byIndex(ContainerClaim, claims.indexes.waitingClaims, key).size > 0,
    );
  return defineController({
    name: 'queues',
    reconciler,
    priority: priorities.delivery,
    watches: [
      For(ContainerPool, { when: changesRules }),
      Maps(ProductionLine, (line) => poolsBy(line, cache), { when: goesOtherwise }),
      Rings(ContainerPool, bell, { delay: queueDelay }),
      // stock that has come, and what a tenant holds no more
      Maps(Pod, (pod) => poolsOf(pod).filter((pool) => isWaitedFor(pool) && helps(pod, board.awaitedAt(pool))), {
        when: frees,
        delay: queueDelay,
      }),
      // stock on a node whose pods may stay after all
      Maps(Node, (node) => poolsWithStockOn(node, cache).filter(isWaitedFor), { when: leavesOtherwise }),
      // what was kept for a claim that is given up
      Maps(ContainerClaim, (claim) => poolsFor(claim, cache), { when: givesUp, delay: queueDelay }),
    ],
  });
}

const changesTtl = (old: ContainerPool | undefined, pool: ContainerPool | undefined): boolean =>
  old?.spec.claims.ttlSecondsAfterFinished !== pool?.spec.claims.ttlSecondsAfterFinished;

const changesRules = (old: ContainerPool | undefined, pool: ContainerPool | undefined): boolean =>
  old?.metadata.generation !== pool?.metadata.generation || saysLabels(old) !== saysLabels(pool);

const saysLabels = (pool: ContainerPool | undefined) => JSON.stringify(pool?.metadata.labels);

const frees = (old: Pod | undefined, pod: Pod | undefined): boolean =>
  pod && isDeliverable(pod)
    ? !(old && isDeliverable(old) && poolKeyOf(old) === poolKeyOf(pod))
    : old !== undefined && isDelivered(old) && !(pod && isDelivered(pod));

/** Whether those that wait at its pool have anything of what has become of it: of one in stock, or one that was delivered until now. */
const helps = (pod: Pod, awaited: claims.Awaited | undefined): boolean =>
  !awaited ||
  awaited.stock ||
  awaited.more ||
  (isDelivered(pod) && awaited.tenants.has(tenantOf(pod) ?? claims.nobody));

const givesUp = (old: ContainerClaim | undefined, claim: ContainerClaim | undefined): boolean =>
  old !== undefined && claims.isWaiting(old) && (claim === undefined || !claims.isWaiting(claim));
