import { Node, Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import type { PodGroup } from '../api/pod-group.js';
import type { Cluster } from '../cluster/cluster.js';
import {
  again,
  type Cache,
  type Context,
  type ControllerDefinition,
  defineController,
  done,
  type Informers,
  type Reconciler,
  type Result,
  type Watch,
} from '../runtime/index.js';
import { isTerminal, type Snapshot } from '../scheduling/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Random } from '../support/random.js';
import { second } from '../support/time.js';
import { type BindResult, bindSurely, pause } from './binding/binder.js';
import type { Configured } from './configuration/read.js';
import { Nomination, slowBinding } from './binding/nomination.js';
import { followNamespaces } from './cache/namespaces.js';
import { type RoomChange, SchedulerCache } from './cache/scheduler-cache.js';
import { watchSelectors } from './cache/selectors.js';
import { watchVolumes } from './cache/volumes.js';
import { gangOf, podGroupKey } from './gang.js';
import { type SchedulerMetrics, unmeasured } from './metrics.js';
import { Placer, type PlacerOptions, type Placing } from './placer.js';
import { PodGroupConditions } from './pod-groups/conditions.js';
import { groupOutcomes } from './pod-groups/outcomes.js';
import { watchPodGroups } from './pod-groups/watch.js';
import { spreadsByDefault } from './profile.js';
import { nodeAppeared, nodeChanged, roomChanged } from './queue/events.js';
import { type ClusterEvent, type QueuedPod, SchedulingQueue } from './queue/scheduling-queue.js';
import { isReported, reportUnscheduled, type Unscheduled } from './status.js';

export interface SchedulerOptions extends PlacerOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: SchedulerMetrics;
  /** Whether claims and volumes are watched. Default: they are not, and no claim exists: for clusters that serve none. */
  readonly watchesVolumes?: boolean;
  /** Whether services and workloads are watched, for policies that spread their pods. Default: they are not. */
  readonly watchesSelectors?: boolean;
  /** Whether PodGroups are watched. Default: they are not: for servers that have none. */
  readonly watchesPodGroups?: boolean;
  /** Whether an Event says of each pod where it went, as kube-scheduler's do. Default: only failures have Events. */
  readonly recordsScheduled?: boolean;
}

/** Pods that are looked at before others have their turn in this process. */
const batchSize = 256;
/** Jobs that a batch policy weighs at once. */
const mostJobs = 2000;
/**
 * Bindings under way at once: while there are so many no more nodes are chosen. With the Events that are under way it is what the
 * client sends at once; more would only wait there.
 */
const bindsAtOnce = 56;
/** How often a member of a gang is bound to its node before it is placed anew: nobody else is to take its place meanwhile. */
const gangAttempts = 10;
/** The one key of this controller: a turn takes what waits, whichever pod woke it. */
const cycle: Key = 'scheduling-cycle';

/**
 * Binds the pods that name it in `schedulerName`. Each turn takes a batch from the queue, chooses nodes for all of it without a
 * pause, counts the pods there (`assume`), and binds them in parallel. What fits nowhere waits for a change that can help it.
 */
export class Scheduler implements Reconciler {
  readonly cache = new SchedulerCache();
  readonly queue = new SchedulingQueue();
  readonly #options: SchedulerOptions;
  #placer: Placer;
  readonly #metrics: SchedulerMetrics;
  #recordsScheduled: boolean;
  readonly #podGroupConditions: PodGroupConditions;
  /** By uid: pods for which a node was chosen and whose binding is under way. */
  readonly #binding = new Set<string>();
  #wake: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#placer = new Placer(options, this.cache);
    this.#metrics = options.metrics ?? unmeasured;
    this.#recordsScheduled = options.recordsScheduled ?? false;
    this.#podGroupConditions = new PodGroupConditions(options);
  }

  /** Goes on with another configuration. Pods that are on their way to a node stay so; whoever waits is looked at anew. */
  configure({ profiles, recordsScheduled }: Pick<Configured, 'profiles' | 'recordsScheduled'>): void {
    this.#recordsScheduled = recordsScheduled;
    this.#placer = new Placer({ ...this.#options, profiles }, this.cache);
    if (profiles.some(spreadsByDefault) && !this.#options.watchesSelectors)
      this.#options.noted?.('kube-default spreads the pods of services and workloads only after a restart');
    for (const pod of this.#options.cache.list(Pod)) if (!pod.spec?.nodeName) this.#observePod(pod);
    this.#moveOn({});
  }

  definition(): ControllerDefinition {
    return defineController({ name: 'scheduler', reconciler: this, watches: [this.#watch()] });
  }

  async reconcile(_ref: Ref, context: Context): Promise<Result> {
    const { clock } = this.#options;
    const now = clock.now();
    const room = bindsAtOnce - this.#binding.size;
    if (room <= 0) return done;
    const batch = this.#unassumed(this.queue.pop(Math.min(batchSize, room), now));
    const placings = this.#placer.place(
      batch,
      (gang) => this.#unassumed(this.queue.takeGroup(gang)),
      (is) => this.#unassumed(this.queue.takeWaiting(is, mostJobs)),
    );
    for (const placing of placings) this.#carryOut(placing, context);
    for (const [group, outcome] of groupOutcomes(placings, this.cache))
      this.#podGroupConditions.report(group, outcome, context);
    this.#metrics.observe({
      pending: this.queue.pending,
      nodes: this.cache.snapshot.size,
      assumedPods: this.#binding.size,
    });
    const due = this.queue.nextDue(now);
    return due === undefined || this.#binding.size >= bindsAtOnce ? done : again(Math.max(0, due - now));
  }

  #carryOut(placing: Placing, context: Context): void {
    const { pod } = placing;
    const now = this.#options.clock.now();
    if (placing.node !== undefined) {
      this.queue.moveEqual(pod.shape, now);
      const promised = pod.pod.status?.nominatedNodeName;
      if (promised && promised !== placing.node) this.#handle({ freed: promised });
      void this.#bind(pod, placing.node, context);
      return;
    }
    this.queue.addUnschedulable(pod, placing.refusedBy, now, pod.attempts + (placing.held ? 0 : 1));
    const staysNominated = roomIsBeingMade(pod, this.cache.snapshot);
    this.#report(pod, { reason: 'Unschedulable', message: placing.message, staysNominated }, context);
  }

  /** A term that ended before it was known whether they are bound left them assumed: by now it has been read what is so. */
  #unassumed(pods: readonly QueuedPod[]): readonly QueuedPod[] {
    for (const { key, pod } of pods) this.#handle(this.cache.forget(key, pod.metadata.uid));
    return pods;
  }

  async #bind(pod: QueuedPod, node: string, context: Context): Promise<void> {
    const { clock } = this.#options;
    const { uid } = pod.pod.metadata;
    this.#binding.add(uid);
    const nomination = this.#nominationOf(pod, node, context);
    const late = clock.at(clock.now() + slowBinding, () => nomination.announce());
    const result = await this.#bindPatiently(pod, node, nomination, context.signal);
    late[Symbol.dispose]();
    this.#binding.delete(uid);
    if (result.outcome === 'bound') {
      this.#metrics.bound((clock.now() - pod.firstSeen) / second, pod.attempts + 1);
      if (this.#recordsScheduled)
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
      waiting: () => this.#waitingNow(key, pod.metadata.uid),
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
    const isThere = this.cache.snapshot.rowOf(node) !== undefined && this.cache.isAssumed(key, pod.metadata.uid);
    return (
      isThere &&
      gangOf(shape, this.cache.podGroups) !== undefined &&
      this.#waitingNow(key, pod.metadata.uid) !== undefined
    );
  }

  /** What was not bound waits for its next turn, if it waits still. */
  #tryAgain(pod: QueuedPod, node: string, result: Exclude<BindResult, { outcome: 'bound' }>, context: Context): void {
    const { uid } = pod.pod.metadata;
    const current = this.#waitingNow(pod.key, uid);
    // one that may be bound there stays counted until it is tried again
    if (result.outcome !== 'unknown' || !current) this.#handle(this.cache.forget(pod.key, uid));
    if (!current) return;
    const least = result.outcome === 'refused' ? result.retryAfter : 0;
    const shape = this.cache.shapeOf(current);
    this.queue.addBackoff({ ...pod, pod: current, shape }, this.#options.clock.now(), least);
    if (!context.signal.aborted)
      context.events.record(current, 'Warning', 'FailedScheduling', `binding to ${node} failed: ${result.message}`);
  }

  /** The pod as the informers show it, where it still waits for a node of ours. */
  #waitingNow(key: Key, uid: string): Pod | undefined {
    const current = this.#options.cache.get(Pod, key);
    return current?.metadata.uid === uid && this.#isOurs(current) ? current : undefined;
  }

  /** Says why a pod has no node, where it does not say so already. */
  #report({ pod }: QueuedPod, unscheduled: Unscheduled, { signal, events, log }: Context): void {
    if (isReported(pod, unscheduled)) return;
    events.record(pod, 'Warning', 'FailedScheduling', unscheduled.message);
    const { cluster, clock } = this.#options;
    reportUnscheduled(cluster, pod, unscheduled, clock.now(), signal).catch((error: unknown) => {
      if (!signal.aborted)
        log.warn({ pod: keyOf(nameOf(pod)), error: messageOf(error) }, 'could not report why a pod waits');
    });
  }

  #isOurs(pod: Pod): boolean {
    const { nodeName, schedulingGates = [] } = pod.spec ?? {};
    return (
      !nodeName &&
      schedulingGates.length === 0 &&
      pod.metadata.deletionTimestamp === undefined &&
      !isTerminal(pod) &&
      this.#placer.profileOf(pod) !== undefined
    );
  }

  /** Tries again what may be helped by a change. */
  #moveOn(event: ClusterEvent | undefined): void {
    if (event && this.queue.moveOn(event, this.#options.clock.now())) this.#wake();
  }

  #handle(change: RoomChange): void {
    const { snapshot } = this.cache;
    this.#moveOn(roomChanged(change, snapshot));
    if (change.freed !== undefined || change.added) this.#retryNominated();
  }

  /** Those for whom room is kept are not judged by pods that are equal otherwise. */
  #retryNominated(): void {
    for (const pods of this.cache.snapshot.nominated.values())
      for (const { key } of pods) if (this.queue.retry(key, this.#options.clock.now())) this.#wake();
  }

  #observePod(pod: Pod): void {
    const now = this.#options.clock.now();
    const key = keyOf(nameOf(pod));
    const { uid } = pod.metadata;
    const promised = this.cache.nominate(pod);
    if (!this.#isOurs(pod)) {
      if (this.queue.remove(key, now)) this.#wake();
      // one that the server would not bind any more
      if (!pod.spec?.nodeName) this.#handle(this.cache.forget(key, uid));
    } else if (this.queue.has(key) || !(this.#binding.has(uid) || this.cache.isAssumed(key, uid))) {
      this.queue.add(pod, this.cache.shapeOf(pod), now);
      this.#wake();
    }
    this.#handle(this.cache.observe(pod));
    this.#handle(promised);
  }

  #removePod(pod: Pod): void {
    const key = keyOf(nameOf(pod));
    if (this.queue.remove(key, this.#options.clock.now())) this.#wake();
    const promised = this.cache.withdraw(key);
    this.#handle(this.cache.remove(key));
    this.#handle(promised);
  }

  #observeNode(old: Node | undefined, node: Node): void {
    if (old && !nodeChanged(old, node)) return;
    this.#moveOn(nodeAppeared(this.cache.setNode(node), this.cache.snapshot));
    this.#retryNominated();
  }

  #observePodGroup(namespace: string, name: string, group: PodGroup | undefined): void {
    if (group) this.#podGroupConditions.observe(group);
    else this.#podGroupConditions.forget(keyOf({ namespace, name }));
    if (this.queue.retryGroup(podGroupKey(namespace, name), this.#options.clock.now())) this.#wake();
  }

  #watch(): Watch {
    return {
      kind: Pod,
      role: 'for',
      connect: (informers: Informers, _reconciled, wake) => {
        this.#wake = () => wake(cycle, 0, 0);
        informers.of(Node).addHandler({
          add: (node) => this.#observeNode(undefined, node),
          update: (old, node) => this.#observeNode(old, node),
          delete: (node) => {
            this.cache.removeNode(node.metadata.name);
            // its pods keep no others away any more, and its domain may be gone
            this.#moveOn({});
            this.#retryNominated();
          },
        });
        followNamespaces(informers, this.cache.snapshot, () => this.#moveOn({}));
        if (this.#options.watchesVolumes) {
          this.cache.snapshot.setVolumes(watchVolumes(informers, () => this.#moveOn({})));
        }
        if (this.#options.watchesSelectors) this.cache.snapshot.setDefaultSelector(watchSelectors(informers));
        if (this.#options.watchesPodGroups) {
          this.cache.setPodGroups(watchPodGroups(informers, (...changed) => this.#observePodGroup(...changed)));
        }
        informers.of(Pod).addHandler({
          add: (pod) => this.#observePod(pod),
          update: (_old, pod) => this.#observePod(pod),
          delete: (pod) => this.#removePod(pod),
        });
        return () => this.#wake();
      },
    };
  }
}

/** Whether a less important pod is leaving the node that a pod is nominated for: it goes on waiting for that room. */
function roomIsBeingMade({ pod, shape }: QueuedPod, nodes: Snapshot): boolean {
  const row = nodes.rowOf(pod.status?.nominatedNodeName ?? '');
  const pods = row === undefined ? undefined : nodes.info(row)?.pods;
  return pods?.some(({ terminating, shape: { priority } }) => terminating && priority < shape.priority) ?? false;
}
