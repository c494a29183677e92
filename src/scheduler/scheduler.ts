import { Node, Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref, refOf } from '../api/meta/resource.js';
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
import { isTerminal } from '../scheduling/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Random } from '../support/random.js';
import type { Duration, Instant } from '../support/time.js';
import { BindingCycle } from './binding/binding-cycle.js';
import type { Configured } from './configuration/read.js';
import { watchBudgets } from './cache/budgets.js';
import { followNamespaces } from './cache/namespaces.js';
import { type RoomChange, SchedulerCache } from './cache/scheduler-cache.js';
import { watchSelectors } from './cache/selectors.js';
import { watchVolumes } from './cache/volumes.js';
import { podGroupKey } from './gang.js';
import { type SchedulerMetrics, unmeasured } from './metrics.js';
import { Placer, type PlacerOptions, type Placing } from './placer.js';
import { PodGroupConditions } from './pod-groups/conditions.js';
import { groupOutcomes } from './pod-groups/outcomes.js';
import { watchPodGroups } from './pod-groups/watch.js';
import type { Preemption } from './preemption/evaluator.js';
import { Executor } from './preemption/executor.js';
import { spreadsByDefault } from './profile.js';
import { nodeAppeared, nodeChanged, roomChanged } from './queue/events.js';
import { type ClusterEvent, type QueuedPod, SchedulingQueue } from './queue/scheduling-queue.js';
import { isReported, reportUnscheduled, type Unscheduled, withdrawNomination } from './status.js';

export interface SchedulerOptions extends PlacerOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics?: SchedulerMetrics;
  /** Whether claims and volumes are watched. Default: they are not, and no claim exists: for clusters that serve none. */
  readonly watchesVolumes?: boolean;
  /** Whether disruption budgets are watched. Default: they are not: for clusters that serve none. */
  readonly watchesBudgets?: boolean;
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
/** The one key of this controller: a turn takes what waits, whichever pod woke it. */
const cycle: Key = 'scheduling-cycle';

/** How often it is tried to say of a pod why it waits, and how long the news of what came between takes. */
const saidTries = 5;
const saidPause: Duration = 100;

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
  readonly #podGroupConditions: PodGroupConditions;
  readonly #executor: Executor;
  readonly #binding: BindingCycle;
  /** What was to be said last of each pod of which something is being said. */
  readonly #saying = new Map<Key, Unscheduled>();
  #wake: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#metrics = options.metrics ?? unmeasured;
    this.#binding = new BindingCycle({
      ...options,
      cache: this.cache,
      queue: this.queue,
      metrics: this.#metrics,
      waiting: (key, uid) => this.#waitingNow(key, uid),
      changed: (change) => this.#handle(change),
    });
    this.#executor = new Executor({
      ...options,
      nodeOf: (key, uid, signal) => this.#nodeOf(key, uid, signal),
    });
    this.#placer = this.#newPlacer(options);
    this.#podGroupConditions = new PodGroupConditions(options);
  }

  /** Goes on with another configuration. Pods that are on their way to a node stay so; whoever waits is looked at anew. */
  configure({ profiles, recordsScheduled }: Pick<Configured, 'profiles' | 'recordsScheduled'>): void {
    this.#binding.recordsScheduled = recordsScheduled;
    this.#placer = this.#newPlacer({ ...this.#options, profiles });
    if (profiles.some(spreadsByDefault) && !this.#options.watchesSelectors)
      this.#options.noted?.('kube-default spreads the pods of services and workloads only after a restart');
    for (const pod of this.#options.cache.list(Pod)) if (!pod.spec?.nodeName) this.#observePod(pod);
    this.#moveOn({});
  }

  readonly #mayPreempt = ({ pod }: QueuedPod): boolean =>
    pod.spec?.preemptionPolicy !== 'Never' && this.#placer.profileOf(pod)?.preemption !== undefined;

  #newPlacer(options: PlacerOptions): Placer {
    return new Placer({ ...options, isPreempting: (uid) => this.#executor.isPreempting(uid) }, this.cache);
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
    // all that failed waits before anything is said that may help it
    for (const placing of placings) this.#return(placing, now);
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

  /** What found no node waits for a change. */
  #return(placing: Placing, now: Instant): void {
    if (placing.node !== undefined) return;
    const { pod, refusedBy, held } = placing;
    this.queue.addUnschedulable(pod, refusedBy, now, pod.attempts + (held ? 0 : 1));
  }

  #carryOut(placing: Placing, context: Context): void {
    const { pod } = placing;
    if (placing.node !== undefined) {
      this.queue.moveEqual(pod.shape, this.#options.clock.now());
      const promised = this.cache.nominatedNode(pod.key);
      if (promised !== undefined && promised !== placing.node) this.#handle({ freed: promised });
      this.#binding.bind(pod, placing.node, context);
      return;
    }
    this.#handle(placing.change ?? {});
    if (placing.preemption) void this.#preempt(pod, placing.preemption, context);
    else if (!this.#executor.isPreempting(pod.pod.metadata.uid) && !roomIsBeingMade(pod, this.cache))
      this.#handle(this.cache.withdraw(pod.key));
    const nominatedNode = this.cache.nominatedNode(pod.key);
    this.#report(pod, { reason: 'Unschedulable', message: placing.message, nominatedNode }, context);
  }

  /** Has others go for a pod, which waits until they are gone. */
  async #preempt(pod: QueuedPod, preemption: Preemption, context: Context): Promise<void> {
    this.#metrics.preempted(preemption.victims.length);
    this.#withdrawLess(pod, preemption.node, context);
    const areGoing = await this.#executor.preempt(pod, preemption, context);
    if (context.signal.aborted) return;
    // what goes wakes it when it is gone; it may be gone by now
    const isOver = preemption.victims.every(({ key, node }) => this.cache.nodeOf(key) !== node);
    if (!areGoing) this.#handle(this.cache.withdraw(pod.key));
    if ((!areGoing || isOver) && this.queue.retry(pod.key, this.#options.clock.now())) this.#wake();
  }

  /** Where a pod is, once it is known what became of its binding. */
  async #nodeOf(key: Key, uid: string, signal: AbortSignal): Promise<string | undefined> {
    await this.#binding.settled(uid);
    // the informers are about to show it bound, or a term that ended has left it so
    if (this.cache.isAssumed(key, uid)) {
      await this.#options.cluster.get(Pod, refOf(key), { signal });
      if (this.cache.isAssumed(key, uid)) this.#handle(this.cache.forget(key, uid));
    }
    return this.cache.nodeOf(key);
  }

  /** Less important pods that are nominated for this node look for another: the room there is not for them any more. */
  #withdrawLess({ shape }: QueuedPod, node: string, { signal, log }: Context): void {
    const less = this.cache.snapshot.nominated.get(node)?.filter((one) => one.shape.priority < shape.priority) ?? [];
    for (const { key } of less) {
      this.#handle(this.cache.withdraw(key));
      if (this.queue.retry(key, this.#options.clock.now())) this.#wake();
      const pod = this.#options.cache.get(Pod, key);
      if (!pod?.status?.nominatedNodeName) continue;
      withdrawNomination(this.#options.cluster, pod, signal).catch((error: unknown) => {
        if (!signal.aborted)
          log.warn({ pod: key, error: messageOf(error) }, 'could not write that a pod is nominated no more');
      });
    }
  }

  /** A term that ended before it was known whether they are bound left them assumed: by now it has been read what is so. */
  #unassumed(pods: readonly QueuedPod[]): readonly QueuedPod[] {
    for (const { key, pod } of pods) this.#handle(this.cache.forget(key, pod.metadata.uid));
    return pods;
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
    const key = keyOf(nameOf(pod));
    this.#saying.set(key, unscheduled);
    this.#say(pod, unscheduled, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ pod: key, error: messageOf(error) }, 'could not report why a pod waits');
      })
      .finally(() => {
        if (this.#saying.get(key) === unscheduled) this.#saying.delete(key);
      });
  }

  /** What was said before may be on its way when more is known: then this is said of the pod as it is after that, unless still more is known. */
  async #say(pod: Pod, unscheduled: Unscheduled, signal: AbortSignal): Promise<void> {
    const { cluster, clock } = this.#options;
    const { uid } = pod.metadata;
    const key = keyOf(nameOf(pod));
    let current: Pod | undefined = pod;
    for (let tries = 0; current && tries < saidTries; tries++) {
      if (isReported(current, unscheduled)) return;
      if (await reportUnscheduled(cluster, current, unscheduled, clock.now(), signal)) return;
      await clock.sleep(saidPause, signal);
      current = this.#saying.get(key) === unscheduled ? this.#waitingNow(key, uid) : undefined;
    }
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
    this.#moveOn(roomChanged(change, snapshot, this.#mayPreempt));
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
    this.#moveOn(nodeAppeared(this.cache.setNode(node), this.cache.snapshot, this.#mayPreempt));
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
        if (this.#options.watchesBudgets) this.cache.setBudgets(watchBudgets(informers));
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
        return () => [() => this.#wake()];
      },
    };
  }
}

/** Whether a less important pod is leaving the node that a pod is nominated for: it goes on waiting for that room. */
function roomIsBeingMade({ key, shape }: QueuedPod, cache: SchedulerCache): boolean {
  const row = cache.snapshot.rowOf(cache.nominatedNode(key) ?? '');
  const pods = row === undefined ? undefined : cache.snapshot.info(row)?.pods;
  return pods?.some(({ terminating, shape: { priority } }) => terminating && priority < shape.priority) ?? false;
}
