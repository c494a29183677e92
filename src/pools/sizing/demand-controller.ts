import { ContainerClaim } from '../../api/container-claim.js';
import { ContainerPool } from '../../api/container-pool.js';
import { Pod, ReplicaSet } from '../../api/kubernetes.js';
import { controllerOf } from '../../api/meta/kind.js';
import { type Key, keyOf, type Ref } from '../../api/meta/resource.js';
import { type Cache, type Context, done, type Reconciler, type Result } from '../../runtime/index.js';
import { annotations } from '../../api/names.js';
import { deploymentKeyOf, isTerminating, isWaiting } from '../../line/index.js';
import { instantOf } from '../../support/time.js';
import { indexes } from '../indexes.js';
import type { Sizer } from './sizer.js';

/** Counts what new claims ask of pools that size themselves: hits and misses alike, each claim once. */
export class DemandController implements Reconciler {
  constructor(
    private readonly cache: Cache,
    private readonly sizer: Sizer,
    /** How many containers a claim asks of each pool that would serve it: one that is refused is no demand. */
    private readonly demandOf: (claim: ContainerClaim) => ReadonlyMap<Key, number>,
  ) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const claim = this.cache.get(ContainerClaim, keyOf(ref));
    if (!claim) return done;
    const { uid, creationTimestamp } = claim.metadata;
    for (const [key, containers] of this.demandOf(claim)) {
      const pool = this.cache.get(ContainerPool, key);
      const demand = { uid, at: instantOf(creationTimestamp) ?? 0, containers };
      if (pool?.spec.autoscale) await this.sizer.count(pool, demand, context);
    }
    return done;
  }
}

/**
 * Counts the replicas that Deployments wanted of pools that size themselves, each once: those that came from stock when they did, and
 * those that start cold from when they were made. A pod whose place a container from stock takes never starts, and does
 * not count.
 */
export class ReplicaDemandController implements Reconciler {
  constructor(
    private readonly cache: Cache,
    private readonly sizer: Sizer,
  ) {}

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const pod = this.cache.get(Pod, keyOf(ref));
    if (!pod || !isReplica(pod)) return done;
    const { namespace, uid, annotations: notes = {}, creationTimestamp } = pod.metadata;
    const set = this.cache.get(ReplicaSet, `${namespace}/${controllerOf(pod)?.name}`);
    const deployment = set && deploymentKeyOf(set);
    if (deployment === undefined) return done;
    const at = instantOf(notes[annotations.deliveredAt] ?? creationTimestamp) ?? 0;
    for (const pool of this.cache.byIndex(ContainerPool, indexes.forDeployment, deployment).values())
      if (pool.spec.autoscale) await this.sizer.count(pool, { uid, at, containers: 1 }, context);
    return done;
  }
}

/** Whether a ReplicaSet has it, and it runs or is about to. */
export const isReplica = (pod: Pod): boolean =>
  controllerOf(pod)?.kind === ReplicaSet.name && !isWaiting(pod) && !isTerminating(pod);
