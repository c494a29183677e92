import { type ContainerPool, isTemplated, type RenewalStatus, type TemplatedPool } from '../api/container-pool.js';
import { Deployment, Pod, ReplicaSet } from '../api/kubernetes.js';
import { keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import {
  type Hindrance,
  latchObjection,
  type StageContext,
  templateFingerprint,
  templateFor,
  workloadIndexes,
} from '../line/index.js';
import type { Cache } from '../runtime/index.js';
import type { Clock } from '../support/clock.js';
import { planRenewal, type RenewalPlan } from './plan-renewal.js';
import { Revisions } from './revisions.js';
import { coldReplicas } from './status.js';
import type { StockCache } from './stock-cache.js';

/** From what the containers of a pool are made: its own template, its Deployment's, or the last one that worked. */
export class Templates {
  readonly #revisions: Revisions;

  constructor(
    cluster: Cluster,
    private readonly cache: Cache,
    private readonly clock: Clock,
    private readonly stocks: Pick<StockCache, 'newestReady'>,
  ) {
    this.#revisions = new Revisions(cluster);
  }

  /** What the pool's containers are made from, or what keeps them from being made. */
  makeable(pool: ContainerPool): TemplatedPool | Hindrance {
    if (!isTemplated(pool)) return this.#templated(pool);
    const objection = latchObjection(pool);
    return objection === undefined ? pool : { reason: 'LatchUnfit', message: objection };
  }

  /**
   * From which template stock is made now. What has worked is written down where the pool may go back to it.
   * @param said what was found out of its renewal until now
   */
  async renew(pool: TemplatedPool, said: RenewalStatus | undefined, context: StageContext): Promise<RenewalPlan> {
    const newest = this.stocks.newestReady(keyOf(nameOf(pool)), templateFingerprint(pool));
    const template = newest === undefined ? 'not ready' : 'ready';
    const view = { pool, said, template, lastGood: undefined, now: this.clock.now() } as const;
    const plan = planRenewal(view);
    if (pool.spec.renewal.onFailure !== 'RollBack') this.#revisions.forget(nameOf(pool));
    else if (plan.phase === 'Proven') await this.#revisions.keep(pool, context);
    else if (plan.phase === 'Overdue')
      return planRenewal({ ...view, lastGood: await this.#revisions.lastGood(pool, context) });
    return plan;
  }

  /** A pool for a Deployment, with the template of the newest ReplicaSet. */
  #templated(pool: ContainerPool): TemplatedPool | Hindrance {
    const deployment = this.#deploymentOf(pool);
    return templateFor(pool, deployment, deployment ? this.#replicaSetsOf(deployment) : []);
  }

  #deploymentOf({ metadata: { namespace }, spec: { fromDeployment } }: ContainerPool): Deployment | undefined {
    return fromDeployment && this.cache.get(Deployment, `${namespace}/${fromDeployment.name}`);
  }

  #replicaSetsOf({ metadata: { uid } }: Deployment): readonly ReplicaSet[] {
    return [...this.cache.byIndex(ReplicaSet, workloadIndexes.replicaSets, uid).values()];
  }

  /** Replicas that started cold although there was a pool for them. */
  missed(pool: ContainerPool): number {
    const deployment = this.#deploymentOf(pool);
    if (!deployment) return 0;
    const pods = this.#replicaSetsOf(deployment).flatMap(({ metadata: { uid } }) => [
      ...this.cache.byIndex(Pod, workloadIndexes.replicas, uid).values(),
    ]);
    return coldReplicas(pool, pods);
  }

  /** The pool is gone. */
  forget(pool: Ref): void {
    this.#revisions.forget(pool);
  }
}
