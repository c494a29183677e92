import { Pod, type PodCondition } from '../../api/kubernetes.js';
import { type Key, nameOf, refOf } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import { strategicPatch } from '../../cluster/patch.js';
import type { Cache, Context } from '../../runtime/index.js';
import type { PodInfo } from '../../scheduling/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { timestamp } from '../../support/time.js';
import type { QueuedPod } from '../queue/scheduling-queue.js';
import type { Preemption, Victim } from './evaluator.js';

export interface ExecutorOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  /** Where a pod is, once it is known whether a binding that is under way has come about; `undefined`: nowhere. */
  readonly nodeOf: (key: Key, uid: string, signal: AbortSignal) => Promise<string | undefined>;
}

/** Has the victims of pre-emptions go, beside the scheduling cycle: nobody waits for the server meanwhile. */
export class Executor {
  readonly #options: ExecutorOptions;
  /** Pods whose victims are being told, by uid: they have no others go until that is done. */
  readonly #preempting = new Set<string>();
  /** By uid. Two pods may want the same ones gone. */
  readonly #victims = new Set<string>();

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Whether the victims of a pod are being told. When that is over, `preempt` of it resolves. */
  isPreempting(uid: string): boolean {
    return this.#preempting.has(uid);
  }

  /**
   * Deletes all victims; those that go already are left alone.
   * @returns whether they are all going, as the informers show then; what went wrong is logged
   */
  async preempt(preemptor: QueuedPod, { node, victims }: Preemption, context: Context): Promise<boolean> {
    const { uid } = preemptor.pod.metadata;
    this.#preempting.add(uid);
    try {
      const outcomes = await Promise.all(victims.map((victim) => this.#evict(victim, preemptor, node, context)));
      return outcomes.every(Boolean);
    } finally {
      this.#preempting.delete(uid);
    }
  }

  async #evict(victim: Victim, preemptor: QueuedPod, node: string, context: Context): Promise<boolean> {
    const { key, uid } = victim;
    if (this.#victims.has(uid)) return true;
    this.#victims.add(uid);
    try {
      // one that was not bound after all is in nobody's way
      if ((await this.#options.nodeOf(key, uid, context.signal)) === victim.node)
        await this.#delete(victim, preemptor, node, context);
      return true;
    } catch (error) {
      if (error instanceof NotFound) return true;
      if (!context.signal.aborted)
        context.log.warn({ pod: preemptor.key, victim: key, error: messageOf(error) }, 'could not preempt a pod');
      return false;
    } finally {
      this.#victims.delete(uid);
    }
  }

  async #delete({ key, uid }: PodInfo, preemptor: QueuedPod, node: string, context: Context): Promise<void> {
    const victim = this.#options.cache.get(Pod, key);
    if (victim?.metadata.uid !== uid || victim.metadata.deletionTimestamp !== undefined) return;
    await this.#mark(victim, preemptor, context);
    await this.#options.cluster.remove(Pod, refOf(key), { preconditions: { uid }, signal: context.signal });
    context.events.record(
      victim,
      'Normal',
      'Preempted',
      `Preempted by pod ${preemptor.pod.metadata.uid} on node ${node}`,
    );
  }

  /** Says in the victim's status why it goes: whoever made it tells that from a failure. */
  async #mark(victim: Pod, { pod }: QueuedPod, { signal }: Context): Promise<void> {
    const schedulerName = pod.spec?.schedulerName ?? 'default-scheduler';
    const condition: PodCondition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${schedulerName}: preempting to accommodate a higher priority pod`,
      lastTransitionTime: timestamp(this.#options.clock.now()),
    };
    const patch = strategicPatch({ metadata: { uid: victim.metadata.uid }, status: { conditions: [condition] } });
    await this.#options.cluster.patch(Pod, nameOf(victim), patch, { subresource: 'status', signal });
  }
}
