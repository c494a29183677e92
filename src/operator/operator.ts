import { ContainerClaim } from '../api/container-claim.js';
import { ContainerMigration } from '../api/container-migration.js';
import { ContainerPool } from '../api/container-pool.js';
import { Deployment, Node, Pod, ReplicaSet } from '../api/kubernetes.js';
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
  deploymentKeyOf,
  type GatedWork,
  isDeliverable,
  isDelivered,
  type LeavingNodes,
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
  type Cache,
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
import {
  deploymentController,
  indexDeployments,
  optsOtherwise,
  replicaSetOf,
  saysOtherwise,
  standsOtherwise,
} from './deployments.js';
import { watchPods } from './pods.js';

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
/** Different claims, and pools, that are worked on at once: half of them of one namespace. */
const claimsAtOnce = 128;
const poolsAtOnce = 16;
const opensAtOnce = 16;

/** At the start of a term deliveries come first, then stock, then the rest. */
const priorities = { delivery: 20, stock: 10 } as const;

/** Whose turn it is, is decided once for a burst of changes. */
const queueDelay = 10;
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

interface PoolShares {
  readonly sizer: pools.Sizer;
  readonly metrics: pools.PoolMetrics;
  readonly lacking: claims.Lacking;
  readonly nodes: LeavingNodes;
}

/** Stocks pools, and tells of them. */
function addPools(
  manager: Manager,
  { clock }: OperatorOptions,
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

const poolsWithStockOn = ({ metadata: { name } }: Node, cache: Cache): readonly Key[] => [
  ...new Set([...cache.byIndex(Pod, pools.indexes.stockOn, name).values()].flatMap(poolsOf)),
];

function lineController(reconciler: AcceptanceController): ControllerDefinition {
  return defineController({ name: 'lines', reconciler, watches: [For(ProductionLine)] });
}

/** The pools that go by it. */
const poolsBy = (line: ProductionLine, cache: Cache): readonly Key[] => [
  ...cache.byIndex(ContainerPool, pools.indexes.byLine, keyOf(nameOf(line))).keys(),
];

/** Whether pools go by another version of it. */
function goesOtherwise(old: ProductionLine | undefined, line: ProductionLine | undefined): boolean {
  const newest = (one: ProductionLine | undefined) => one?.status?.accepted?.[0]?.generation;
  const said = (one: ProductionLine | undefined) => one?.status?.conditions?.[0]?.message;
  return !old || !line || newest(old) !== newest(line) || said(old) !== said(line);
}

function poolsOf(pod: Pod): readonly Key[] {
  const pool = poolKeyOf(pod);
  return pool === undefined ? [] : [pool];
}

function demandController(reconciler: pools.DemandController): ControllerDefinition {
  const isNew = (old: ContainerClaim | undefined) => old === undefined;
  return defineController({
    name: 'demand',
    reconciler,
    concurrency: claimsAtOnce,
    watches: [For(ContainerClaim, { when: isNew })],
  });
}

function replicaDemandController(reconciler: pools.ReplicaDemandController): ControllerDefinition {
  const begins = (old: Pod | undefined, pod: Pod | undefined) =>
    pod !== undefined && pools.isReplica(pod) && !(old && pools.isReplica(old));
  return defineController({
    name: 'replica-demand',
    reconciler,
    concurrency: claimsAtOnce,
    watches: [For(Pod, { when: begins })],
  });
}

/** Whether a claim has begun or ceased to wait for stock, or waits for another number. */
function waitsOtherwise(old: ContainerClaim | undefined, claim: ContainerClaim | undefined): boolean {
  const lacking = (one: ContainerClaim | undefined) =>
    one && claims.isWaiting(one) ? (one.status?.desired ?? 0) - (one.status?.allocated ?? 0) : 0;
  return lacking(old) !== lacking(claim);
}

/** The pools that a claim names or selects, whether they serve it or not. */
const poolsFor = (claim: ContainerClaim, cache: Cache): readonly Key[] =>
  claims.poolsOf(claim, cache).map((pool) => keyOf(nameOf(pool)));

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
    ? !(old && isDeliverable(old))
    : old !== undefined && isDelivered(old) && !(pod && isDelivered(pod));

/** Whether those that wait at its pool have anything of what has become of it: of one in stock, or one that was delivered until now. */
const helps = (pod: Pod, awaited: claims.Awaited | undefined): boolean =>
  !awaited || awaited.stock || (isDelivered(pod) && awaited.tenants.has(tenantOf(pod) ?? claims.nobody));

const givesUp = (old: ContainerClaim | undefined, claim: ContainerClaim | undefined): boolean =>
  old !== undefined && claims.isWaiting(old) && (claim === undefined || !claims.isWaiting(claim));
