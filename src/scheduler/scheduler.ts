import { Namespace, Node, Pod } from '../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
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
import { explainNode, isLocal, isTerminal, type Labels } from '../scheduling/index.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Random } from '../support/random.js';
import { second } from '../support/time.js';
import { bind } from './binding/binder.js';
import { SchedulerCache } from './cache/scheduler-cache.js';
import { watchVolumes } from './cache/volumes.js';
import { type SchedulerMetrics, unmeasured } from './metrics.js';
import { Placer, type PlacerOptions, type Placing } from './placer.js';
import type { Profile } from './profile.js';
import { nodeChanged, roomChanged, volumeFilters } from './queue/events.js';
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
  /** Whether an Event says of each pod where it went, as kube-scheduler's do. Default: only failures have Events. */
  readonly recordsScheduled?: boolean;
}

/** Pods that are looked at before others have their turn in this process. */
const batchSize = 256;
/** Bindings under way at once: while there are so many no more nodes are chosen. */
const bindsAtOnce = 128;
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
  /** Pods for which a node was chosen and whose binding is under way. */
  readonly #binding = new Map<Key, QueuedPod>();
  #wake: () => void = () => undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#placer = new Placer(options, this.cache);
    this.#metrics = options.metrics ?? unmeasured;
  }

  /** Goes on with other profiles. Pods that are on their way to a node stay so; whoever waits is looked at anew. */
  configure(profiles: readonly Profile[]): void {
    this.#placer = new Placer({ ...this.#options, profiles }, this.cache);
    for (const pod of this.#options.cache.list(Pod)) if (!pod.spec?.nodeName) this.#observePod(pod);
    this.#handle({});
  }

  definition(): ControllerDefinition {
    return defineController({ name: 'scheduler', reconciler: this, watches: [this.#watch()] });
  }

  async reconcile(_ref: Ref, context: Context): Promise<Result> {
    const { clock } = this.#options;
    const now = clock.now();
    const room = bindsAtOnce - this.#binding.size;
    if (room <= 0) return done;
    const batch = this.queue.pop(Math.min(batchSize, room), now);
    // of one whose binding had no answer it was not known whether it is bound: by now the informers would show it
    for (const { key } of batch) this.cache.forget(key);
    for (const placing of this.#placer.place(batch, (gang) => this.queue.takeGang(gang)))
      this.#carryOut(placing, context);
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
      void this.#bind(pod, placing.node, context);
      return;
    }
    this.queue.addUnschedulable(pod, placing.refusedBy, now);
    this.#report(pod, { reason: 'Unschedulable', message: placing.message }, context);
  }

  async #bind(pod: QueuedPod, node: string, { signal, events, wake }: Context): Promise<void> {
    const { cluster, clock, recordsScheduled = false } = this.#options;
    this.#binding.set(pod.key, pod);
    const result = await bind(cluster, pod, node, signal);
    this.#binding.delete(pod.key);
    const now = clock.now();
    if (result.outcome === 'bound') {
      this.#metrics.bound((now - pod.firstSeen) / second, pod.attempts + 1);
      if (recordsScheduled)
        events.record(pod.pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${node}`);
      this.queue.moveEqual(pod.shape, now);
    } else {
      // an answer that was lost may mean that it is bound there: it stays counted until it is tried again
      if (result.outcome !== 'unknown') this.#handle(roomChanged(this.cache.forget(pod.key), this.cache.snapshot));
      const current = this.#options.cache.get(Pod, pod.key);
      if (current && this.#isOurs(current)) {
        const least = result.outcome === 'refused' ? result.retryAfter : 0;
        this.queue.addBackoff({ ...pod, pod: current }, now, least);
        if (!signal.aborted)
          events.record(current, 'Warning', 'FailedScheduling', `binding to ${node} failed: ${result.message}`);
      } else if (!current) this.cache.remove(pod.key);
    }
    wake();
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
  #handle(event: ClusterEvent | undefined): void {
    if (event && this.queue.moveOn(event, this.#options.clock.now())) this.#wake();
  }

  #observePod(pod: Pod): void {
    const now = this.#options.clock.now();
    const key = keyOf(nameOf(pod));
    this.cache.nominate(pod);
    if (!this.#isOurs(pod)) this.queue.remove(key);
    else if (this.#binding.get(key)?.pod.metadata.uid !== pod.metadata.uid) {
      this.queue.add(pod, this.cache.shapeOf(pod), now);
      this.#wake();
    }
    this.#handle(roomChanged(this.cache.observe(pod), this.cache.snapshot));
  }

  #removePod(pod: Pod): void {
    const key = keyOf(nameOf(pod));
    this.queue.remove(key);
    this.cache.withdraw(key);
    this.#handle(roomChanged(this.cache.remove(key), this.cache.snapshot));
  }

  #observeNode(old: Node | undefined, node: Node): void {
    if (old && !nodeChanged(old, node)) return;
    const row = this.cache.setNode(node);
    const nodes = this.cache.snapshot;
    this.#handle({
      helps: ({ shape }) => !isLocal(shape, nodes) || explainNode(shape, nodes, row) === undefined,
    });
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
            this.#handle({ filters: new Set(['PodTopologySpread']) });
          },
        });
        const namespaces = new Map<string, Labels>();
        const setNamespace = ({ metadata }: Namespace) => {
          namespaces.set(metadata.name, metadata.labels ?? {});
          this.cache.snapshot.setNamespaces(new Map(namespaces));
          this.#handle({ filters: new Set(['InterPodAffinity']) });
        };
        informers.of(Namespace).addHandler({
          add: setNamespace,
          update: (_old, namespace) => setNamespace(namespace),
          delete: ({ metadata }) => {
            namespaces.delete(metadata.name);
            this.cache.snapshot.setNamespaces(new Map(namespaces));
          },
        });
        if (this.#options.watchesVolumes) {
          const changed = () => this.#handle({ filters: volumeFilters });
          this.cache.snapshot.setVolumes(watchVolumes(informers, changed));
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
