import { Pod, ReplicaSet } from '../../../api/kubernetes.js';
import { controllerOf, controllerReference } from '../../../api/meta/kind.js';
import { type Key, keyOf, nameOf, type Draft, type Ref } from '../../../api/meta/resource.js';
import type { Cluster } from '../../../cluster/cluster.js';
import { NotFound } from '../../../cluster/errors.js';
import { mergePatch } from '../../../cluster/patch.js';
import {
  again,
  type Cache,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  For,
  type Manager,
  Maps,
  Owns,
  type Reconciler,
  type Result,
} from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { messageOf } from '../../../support/errors.js';
import type { Duration } from '../../../support/time.js';
import { claim } from '../claim.js';
import { selects } from '../../../api/meta/label-selector.js';
import { isActive } from '../../pod-readiness.js';
import { byController, byNamespace, indexWorkloads, orphansOf } from '../workload-indexes.js';
import { inDeletionOrder } from './rank.js';
import { type Failure, type Finding, saysTheSame, statusOf } from './status.js';

/** Pods made or deleted in one reconcile: `BurstReplicas` of kube-controller-manager. */
const burst = 500;
const concurrency = 16;
/** Pods change in bursts: one look at them serves all that came within this time. */
const settle: Duration = 20;

export interface ReplicaSetControllerOptions {
  readonly manager: Pick<Manager, 'cluster' | 'cache' | 'index'>;
  readonly clock: Clock;
}

/** Keeps as many pods as each ReplicaSet says, and adopts and releases pods as their labels change. */
export class ReplicaSetController implements Reconciler {
  readonly #cluster: Cluster;
  readonly #cache: Cache;
  readonly #clock: Clock;

  constructor({ manager, clock }: ReplicaSetControllerOptions) {
    this.#cluster = manager.cluster;
    this.#cache = manager.cache;
    this.#clock = clock;
    indexWorkloads(manager);
  }

  definition(): ControllerDefinition {
    const watches = [For(ReplicaSet), Owns(Pod, { delay: settle }), Maps(Pod, (pod) => this.#adopters(pod))];
    return defineController({ name: 'replica-set', reconciler: this, watches, concurrency });
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const set = this.#cache.get(ReplicaSet, keyOf(ref));
    if (!set?.spec) return done;
    const candidates = [
      ...this.#cache.byIndex(Pod, byController, set.metadata.uid).values(),
      ...this.#cache.byIndex(Pod, byController, orphansOf(set.metadata.namespace)).values(),
    ].filter(isActive);
    const pods = await claim(this.#cluster, [ReplicaSet, set], set.spec.selector, [Pod, candidates], context.signal);
    const failure = set.metadata.deletionTimestamp === undefined ? await this.#adjust(set, pods, context) : undefined;

    const now = this.#clock.now();
    const current = this.#cache.byIndex(Pod, byController, set.metadata.uid).values();
    const { status, next } = statusOf(set, current, failure?.said, now);
    await this.#report(set, status, context);
    if (failure) throw failure.error;
    return next === undefined ? done : again(next - now);
  }

  /** Which ReplicaSets might adopt a pod that has no controller. */
  #adopters(pod: Pod): readonly Key[] {
    if (controllerOf(pod)) return [];
    const sets = this.#cache.byIndex(ReplicaSet, byNamespace, pod.metadata.namespace ?? '').values();
    return [...sets].flatMap((set) =>
      set.spec && selects(set.spec.selector, pod.metadata.labels) ? [keyOf(nameOf(set))] : [],
    );
  }

  async #adjust(set: ReplicaSet, pods: readonly Pod[], context: Context): Promise<Problem | undefined> {
    const surplus = pods.length - (set.spec?.replicas ?? 1);
    if (surplus < 0) return this.#create(set, Math.min(-surplus, burst), context);
    if (surplus > 0) return this.#delete(set, pods, Math.min(surplus, burst), context);
    return undefined;
  }

  /** In batches of 1, 2, 4, …: what is refused is refused a few times, not hundreds. */
  async #create(set: ReplicaSet, count: number, { signal, events }: Context): Promise<Problem | undefined> {
    let left = count;
    for (let batch = 1; left > 0; batch *= 2) {
      const size = Math.min(batch, left);
      const drafts = Array.from({ length: size }, () => this.#cluster.create(Pod, podOf(set), { signal }));
      const failed = (await Promise.allSettled(drafts)).find((result) => result.status === 'rejected');
      if (failed) {
        const message = messageOf(failed.reason);
        events.record(set, 'Warning', 'FailedCreate', `Error creating: ${message}`);
        return { error: failed.reason, said: { reason: 'FailedCreate', message } };
      }
      left -= size;
    }
    return undefined;
  }

  async #delete(
    set: ReplicaSet,
    pods: readonly Pod[],
    count: number,
    { signal }: Context,
  ): Promise<Problem | undefined> {
    const victims = inDeletionOrder(pods, this.#doubled(set, pods), this.#clock.now()).slice(0, count);
    const removals = victims.map(async (pod) => {
      try {
        await this.#cluster.remove(Pod, nameOf(pod), { preconditions: { uid: pod.metadata.uid }, signal });
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
      }
    });
    const failed = (await Promise.allSettled(removals)).find((result) => result.status === 'rejected');
    if (!failed) return undefined;
    return { error: failed.reason, said: { reason: 'FailedDelete', message: messageOf(failed.reason) } };
  }

  /** How many pods of the same workload, other ReplicaSets of its Deployment included, share a pod's node. */
  #doubled(set: ReplicaSet, pods: readonly Pod[]): (pod: Pod) => number {
    const workload = controllerOf(set)?.uid;
    const related = [...this.#cache.byIndex(ReplicaSet, byNamespace, set.metadata.namespace ?? '').values()].filter(
      (other) =>
        other.metadata.uid !== set.metadata.uid && workload !== undefined && controllerOf(other)?.uid === workload,
    );
    const siblings = related.flatMap(({ metadata }) => [
      ...this.#cache.byIndex(Pod, byController, metadata.uid).values(),
    ]);
    const perNode = new Map<string, number>();
    for (const { spec } of [...pods, ...siblings.filter(isActive)])
      if (spec?.nodeName) perNode.set(spec.nodeName, (perNode.get(spec.nodeName) ?? 0) + 1);
    return ({ spec }) => perNode.get(spec?.nodeName ?? '') ?? 0;
  }

  async #report(set: ReplicaSet, status: Finding['status'], { signal }: Context): Promise<void> {
    if (saysTheSame(set.status, status)) return;
    const { resourceVersion } = set.metadata;
    const body = { metadata: { resourceVersion }, status: { ...status, conditions: status.conditions ?? null } };
    try {
      await this.#cluster.patch(ReplicaSet, nameOf(set), mergePatch(body), { subresource: 'status', signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }
}

interface Problem {
  readonly error: unknown;
  readonly said: Failure;
}

function podOf(set: ReplicaSet): Draft<Pod> {
  const { name, namespace } = set.metadata;
  const template = set.spec?.template;
  const { labels, annotations, finalizers } = template?.metadata ?? {};
  return {
    metadata: {
      generateName: `${name}-`,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [controllerReference(ReplicaSet, set)],
    },
    ...(template?.spec && { spec: template.spec }),
  };
}
