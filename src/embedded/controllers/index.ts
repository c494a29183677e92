// The controllers that every cluster has: garbage collection, scheduling, and what stands between workloads and pods.
// They act through the Cluster port, the cache of a Manager and the Clock, so each of them also works on a real API
// server that lacks it. What to do is decided in pure functions beside them (decide.ts, fits.ts, plan.ts, …).
// They copy what Kubernetes does, named function by function. Pools and claims are to them objects like any others.
import { PodDisruptionBudget } from '../../api/administration.js';
import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerMigration } from '../../api/container-migration.js';
import { ContainerPool } from '../../api/container-pool.js';
import { PoolRevision } from '../../api/pool-revision.js';
import { ProductionLine } from '../../api/production-line.js';
import { ConfigMap, Deployment, Lease, Node, Pod, ReplicaSet, Secret, ServiceAccount } from '../../api/kubernetes.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Manager } from '../../runtime/index.js';
import { Scheduler } from '../../scheduler/index.js';
import { createScorePolicy } from '../../scheduling/index.js';
import type { Clock } from '../../support/clock.js';
import { type Random, seededRandom } from '../../support/random.js';
import { DeploymentController } from './deployment/deployment-controller.js';
import { DisruptionController } from './disruption/disruption-controller.js';
import { GarbageCollector } from './garbage/garbage-collector.js';
import { NamespaceController } from './namespaces/namespace-controller.js';
import { NodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.js';
import { ReplicaSetController } from './replica-set/replica-set-controller.js';

export type BuiltInController =
  | 'garbage-collector'
  | 'namespace'
  | 'replica-set'
  | 'deployment'
  | 'disruption'
  | 'scheduler'
  | 'node-lifecycle';

export const builtInControllerNames: readonly BuiltInController[] = [
  'garbage-collector',
  'namespace',
  'replica-set',
  'deployment',
  'disruption',
  'scheduler',
  'node-lifecycle',
];

/** Which kinds the garbage collector looks after, and which it clears out of namespaces, when it is not told. */
export const collectedKinds: readonly Kind<Resource>[] = [
  Pod,
  ReplicaSet,
  Deployment,
  ConfigMap,
  Secret,
  ServiceAccount,
  Lease,
  PodDisruptionBudget,
  Node,
];
/** The kinds of Penstock, for clusters that serve them. */
export const penstockKinds: readonly Kind<Resource>[] = [
  ContainerPool,
  ContainerClaim,
  ContainerMigration,
  ProductionLine,
  PoolRevision,
];

export interface BuiltInControllersOptions {
  readonly manager: Manager;
  readonly clock: Clock;
  /** For policies of the scheduler that draw. */
  readonly random?: Random;
  /** Default: all. */
  readonly controllers?: readonly BuiltInController[];
  /** What the garbage collector and the namespace controller look after; the cluster must serve them all. Default `collectedKinds`. */
  readonly collectedKinds?: readonly Kind<Resource>[];
  /** Whose pods the scheduler binds. Default `default-scheduler`. */
  readonly schedulerNames?: readonly string[];
}

/** Adds the controllers to a manager that has not started. */
export function builtInControllers(options: BuiltInControllersOptions): void {
  const {
    manager,
    clock,
    random = seededRandom(0),
    controllers = builtInControllerNames,
    schedulerNames = ['default-scheduler'],
  } = options;
  const { cluster, cache } = manager;
  const kinds = options.collectedKinds ?? collectedKinds;
  for (const controller of controllers) {
    switch (controller) {
      case 'garbage-collector':
        for (const definition of new GarbageCollector(manager, kinds).definitions()) manager.add(definition);
        break;
      case 'namespace':
        manager.add(
          new NamespaceController(
            manager,
            kinds.filter(({ namespaced }) => namespaced),
          ).definition(),
        );
        break;
      case 'replica-set':
        manager.add(new ReplicaSetController({ manager, clock }).definition());
        break;
      case 'deployment':
        manager.add(new DeploymentController({ manager, clock }).definition());
        break;
      case 'disruption':
        manager.add(new DisruptionController({ manager, clock }).definition());
        break;
      case 'node-lifecycle':
        manager.add(new NodeLifecycleController(manager, clock).definition());
        break;
      case 'scheduler': {
        const profiles = schedulerNames.map((schedulerName) => ({
          schedulerName,
          policy: createScorePolicy('balance'),
          preemption: {},
        }));
        const parts = { cluster, cache, clock, random: random.split('scheduler'), profiles, watchesBudgets: true };
        manager.add(new Scheduler(parts).definition());
        break;
      }
    }
  }
}
