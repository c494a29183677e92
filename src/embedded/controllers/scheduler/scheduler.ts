import { Binding, Node, Pod } from '../../../api/kubernetes.js';
import { keyOf, nameOf, type Ref } from '../../../api/meta/resource.js';
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
  type Reconciler,
  type Result,
  type Watch,
} from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { minute, timestamp } from '../../../support/time.js';
import { isTerminal } from '../../../scheduling/pod-phase.js';
import { Nudge } from '../../nudge.js';
import { choose } from './fits.js';
import { Ledger } from './ledger.js';
import { groupOf, shapeOf } from './shape.js';
import { Waiting } from './waiting.js';

/** Pods for which there was no room are tried again after that, should all news have been missed. */
const flushAfter = 5 * minute;
const concurrency = 64;

export interface SchedulerOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  /** Whose pods it binds. Default `default-scheduler`. */
  readonly schedulerNames?: readonly string[];
}

/**
 * A simple scheduler: the emptiest node on which the requests fit, with taints, node selectors, required node affinity
 * and scheduling gates. Without pod affinity, spread constraints, volumes, preferences and pre-emption.
 */
export class SimpleScheduler implements Reconciler {
  readonly #ledger = new Ledger();
  readonly #waiting = new Waiting();
  readonly #nudge = new Nudge(Pod);
  readonly #schedulerNames: readonly string[];

  constructor(private readonly options: SchedulerOptions) {
    this.#schedulerNames = options.schedulerNames ?? ['default-scheduler'];
  }

  definition(): ControllerDefinition {
    const watches = [
      this.#follow(),
      For(Pod, { when: (_old, pod) => pod !== undefined && this.#isOurs(pod) }),
      this.#nudge,
    ];
    return defineController({ name: 'simple-scheduler', reconciler: this, watches, concurrency });
  }

  async reconcile(ref: Ref, context: Context): Promise<Result> {
    const { cache, cluster } = this.options;
    const key = keyOf(ref);
    const pod = cache.get(Pod, key);
    if (!pod || !this.#isOurs(pod)) {
      this.#waiting.remove(key);
      return done;
    }
    const shape = shapeOf(pod);
    const choice = choose(shape, this.#ledger.candidates());
    if (choice.node === undefined) {
      this.#waiting.add(key, groupOf(shape));
      await this.#report(pod, choice.reason, context);
      return again(flushAfter);
    }
    // noted before the write: pods chosen for while it is under way see the room as taken
    this.#ledger.place(key, choice.node, shape.requests);
    try {
      const target = { apiVersion: 'v1', kind: 'Node', name: choice.node };
      await cluster.create(Binding, { metadata: { ...ref }, target }, { signal: context.signal });
    } catch (error) {
      if (!cache.get(Pod, key)?.spec?.nodeName) this.#ledger.release(key);
      if (error instanceof NotFound) return done;
      throw error;
    }
    this.#nudge.wake(this.#waiting.remove(key));
    return done;
  }

  #isOurs(pod: Pod): boolean {
    const { nodeName, schedulerName = 'default-scheduler', schedulingGates = [] } = pod.spec ?? {};
    return (
      !nodeName &&
      schedulingGates.length === 0 &&
      pod.metadata.deletionTimestamp === undefined &&
      !isTerminal(pod) &&
      this.#schedulerNames.includes(schedulerName)
    );
  }

  async #report(pod: Pod, message: string, { signal, events }: Context): Promise<void> {
    const conditions = pod.status?.conditions ?? [];
    const before = conditions.find(({ type }) => type === 'PodScheduled');
    if (before?.status === 'False' && before.reason === 'Unschedulable' && before.message === message) return;
    const lastTransitionTime = timestamp(this.options.clock.now());
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
    const others = conditions.filter(({ type }) => type !== 'PodScheduled');
    // the whole list is written: the resourceVersion sees to it that nobody else's condition is lost
    const { resourceVersion } = pod.metadata;
    const patch = mergePatch({ metadata: { resourceVersion }, status: { conditions: [...others, condition] } });
    events.record(pod, 'Warning', 'FailedScheduling', message);
    try {
      await this.options.cluster.patch(Pod, nameOf(pod), patch, { subresource: 'status', signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
    }
  }

  /** Keeps the ledger with every change of pods and nodes, and tries waiting pods again when one may have made room. */
  #follow(): Watch {
    const ledger = this.#ledger;
    const roomAfter = (change: 'freed' | 'same') => {
      if (change === 'freed') this.#nudge.wake(this.#waiting.heads());
    };
    return {
      kind: Pod,
      role: 'maps',
      connect: (informers) => {
        informers.of(Pod).addHandler({
          add: (pod) => roomAfter(ledger.observe(pod)),
          update: (_old, pod) => roomAfter(ledger.observe(pod)),
          delete: (pod) => roomAfter(ledger.release(keyOf(nameOf(pod)))),
        });
        const offer = (old: Node | undefined, node: Node) => {
          ledger.setNode(node);
          if (!old || old.spec !== node.spec || old.metadata.labels !== node.metadata.labels) roomAfter('freed');
          else if (old.status?.allocatable !== node.status?.allocatable) roomAfter('freed');
        };
        informers.of(Node).addHandler({
          add: (node) => offer(undefined, node),
          update: offer,
          delete: (node) => ledger.removeNode(node.metadata.name),
        });
        return () => undefined;
      },
    };
  }
}
