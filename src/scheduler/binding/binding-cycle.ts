import type { Pod } from '../../api/kubernetes.js';
import type { Key } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import type { Context } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { messageOf } from '../../support/errors.js';
import { second } from '../../support/time.js';
import type { RoomChange, SchedulerCache } from '../cache/scheduler-cache.js';
import { gangOf } from '../gang.js';
import type { SchedulerMetrics } from '../metrics.js';
import type { QueuedPod, SchedulingQueue } from '../queue/scheduling-queue.js';
import { type BindResult, bindSurely, pause } from './binder.js';
import { Nomination, slowBinding } from './nomination.js';

export interface BindingCycleOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly metrics: SchedulerMetrics;
  readonly recordsScheduled?: boolean;
  /** The pod as the informers show it, where it still waits for a node of ours. */
  readonly waiting: (key: Key, uid: string) => Pod | undefined;
  /** Hears what of the nodes has changed by it. */
  readonly changed: (change: RoomChange) => void;
}

/** How often a member of a gang is bound to its node before it is placed anew: nobody else is to take its place meanwhile. */
const gangAttempts = 10;

/** Binds the pods for which a node was chosen, each by itself, beside the scheduling cycle. What was not bound waits for its next turn. */
export class BindingCycle {
  readonly #options: BindingCycleOptions;
  /** By uid: those whose binding is under way, and its end. */
  readonly #binding = new Map<string, Promise<void>>();
  recordsScheduled: boolean;

  constructor(options: BindingCycleOptions) {
    this.#options = options;
    this.recordsScheduled = options.recordsScheduled ?? false;
  }

  /** How many bindings are under way. */
  get size(): number {
    return this.#binding.size;
  }

  has(uid: string): boolean {
    return this.#binding.has(uid);
  }

  /** Resolves when it is known whether a pod is bound, where it is being bound; the cache shows it then. */
  async settled(uid: string): Promise<void> {
    await this.#binding.get(uid);
  }

  /** Binds a pod to the node that was chosen for it. */
  bind(pod: QueuedPod, node: string, context: Context): void {
    const { uid } = pod.pod.metadata;
    this.#binding.set(uid, this.#bind(pod, node, context));
  }

  async #bind(pod: QueuedPod, node: string, context: Context): Promise<void> {
    const { clock } = this.#options;
    const { uid } = pod.pod.metadata;
    const nomination = this.#nominationOf(pod, node, context);
    const late = clock.at(clock.now() + slowBinding, () => nomination.announce());
    const result = await this.#bindPatiently(pod, node, nomination, context.signal);
    late[Symbol.dispose]();
    this.#binding.delete(uid);
    if (result.outcome === 'bound') {
      this.#options.metrics.bound((clock.now() - pod.firstSeen) / second, pod.attempts + 1);
      if (this.recordsScheduled)
        context.events.record(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${node}`);
    } else {
      this.#tryAgain(pod, node, result, context);
      // what may be bound is nominated until that is known
      if (result.outcome !== 'unknown') void nomination.withdraw();
    }
    context.wake();
  }

  #nominationOf({ key, pod }: QueuedPod, node: string, { signal, log }: Context): Nomination {
    return new Nomination({
      cluster: this.#options.cluster,
      waiting: () => this.#options.waiting(key, pod.metadata.uid),
      node,
      signal,
      failed: (error) => {
        if (!signal.aborted)
          log.warn({ pod: key, error: messageOf(error) }, 'could not write where a pod is nominated');
      },
    });
  }

  /** A gang was placed as a whole: its members are bound where they were placed, if not at once. */
  async #bindPatiently(pod: QueuedPod, node: string, nomination: Nomination, signal: AbortSignal): Promise<BindResult> {
    for (let attempt = 1; ; attempt++) {
      const result = await bindSurely(this.#options, pod, node, signal);
      if (result.outcome === 'bound' || result.outcome === 'unknown') return result;
      if (attempt === gangAttempts || !this.#keepsPlace(pod, node)) return result;
      nomination.announce();
      await pause(this.#options.clock, attempt, signal, result.outcome === 'refused' ? result.retryAfter : 0);
    }
  }

  #keepsPlace({ key, pod, shape }: QueuedPod, node: string): boolean {
    const isThere =
      this.#options.cache.snapshot.rowOf(node) !== undefined && this.#options.cache.isAssumed(key, pod.metadata.uid);
    return (
      isThere &&
      gangOf(shape, this.#options.cache.podGroups) !== undefined &&
      this.#options.waiting(key, pod.metadata.uid) !== undefined
    );
  }

  /** What was not bound waits for its next turn, if it waits still. */
  #tryAgain(pod: QueuedPod, node: string, result: Exclude<BindResult, { outcome: 'bound' }>, context: Context): void {
    const { uid } = pod.pod.metadata;
    const current = this.#options.waiting(pod.key, uid);
    // one that may be bound there stays counted until it is tried again
    if (result.outcome !== 'unknown' || !current) this.#options.changed(this.#options.cache.forget(pod.key, uid));
    if (!current) return;
    const least = result.outcome === 'refused' ? result.retryAfter : 0;
    const shape = this.#options.cache.shapeOf(current);
    this.#options.queue.addBackoff({ ...pod, pod: current, shape }, this.#options.clock.now(), least);
    if (!context.signal.aborted)
      context.events.record(current, 'Warning', 'FailedScheduling', `binding to ${node} failed: ${result.message}`);
  }
}
