import { Lease, Node, Pod } from '../../../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../../../api/meta/resource.js';
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
  type Reconciler,
  type Result,
} from '../../../runtime/index.js';
import type { Clock } from '../../../support/clock.js';
import { type Instant, timestamp } from '../../../support/time.js';
import { collectedAt, decideNode } from './decide.js';

const leaseNamespace = 'kube-node-lease';
const boundTo = 'bound-to-node';
const concurrency = 16;

/** Notices nodes that have fallen silent, tells their pods so, and clears away what lost nodes leave behind. */
export class NodeLifecycleController implements Reconciler {
  readonly #cluster: Cluster;
  readonly #cache: Cache;
  /** Since when nodes that pods are bound to have been missed. */
  readonly #goneSince = new Map<string, Instant>();

  constructor(
    manager: Pick<Manager, 'cluster' | 'cache' | 'index'>,
    private readonly clock: Clock,
  ) {
    this.#cluster = manager.cluster;
    this.#cache = manager.cache;
    manager.index(Pod, boundTo, nodesOf);
  }

  definition(): ControllerDefinition {
    const watches = [
      For(Node),
      Maps(Pod, nodesOf, { when: (old, pod) => old?.spec?.nodeName !== pod?.spec?.nodeName }),
      // renewals need not wake anybody: the next look is due when the Lease as it is now runs out
      Maps(Lease, nodeOfLease, { when: (old, lease) => !old || !lease }),
    ];
    return defineController({ name: 'node-lifecycle', reconciler: this, watches, concurrency });
  }

  async reconcile({ name }: Ref, context: Context): Promise<Result> {
    const now = this.clock.now();
    const node = this.#cache.get(Node, name);
    const pods = [...this.#cache.byIndex(Pod, boundTo, name).values()];
    if (!node) return this.#collect(name, pods, now, context);
    this.#goneSince.delete(name);

    const lease = this.#cache.get(Lease, keyOf({ namespace: leaseNamespace, name }));
    const plan = decideNode(node, lease, pods, now);
    const { signal } = context;
    let current = node;
    if (plan.conditions)
      current = await this.#write(node, { status: { conditions: plan.conditions } }, 'status', signal);
    const taints = plan.taints?.length === 0 ? null : plan.taints;
    if (taints !== undefined) await this.#write(current, { spec: { taints } }, undefined, signal);
    await Promise.all(plan.unready.map((pod) => this.#markUnready(pod, now, signal)));
    await Promise.all(plan.evict.map((pod) => this.#remove(pod, undefined, context)));
    return again(plan.next - now);
  }

  /** Pods of a node that is gone for good are nobody's: they are deleted without asking their kubelet. */
  async #collect(name: string, pods: readonly Pod[], now: Instant, context: Context): Promise<Result> {
    if (pods.length === 0) {
      this.#goneSince.delete(name);
      return done;
    }
    const since = this.#goneSince.get(name) ?? now;
    this.#goneSince.set(name, since);
    if (collectedAt(since) > now) return again(collectedAt(since) - now);
    try {
      await this.#cluster.get(Node, { name }, { signal: context.signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      await Promise.all(pods.map((pod) => this.#remove(pod, 0, context)));
    }
    return done;
  }

  async #write(node: Node, body: object, subresource: 'status' | undefined, signal: AbortSignal): Promise<Node> {
    // lists are written whole: the resourceVersion sees to it that nobody else's taint is lost
    const { resourceVersion } = node.metadata;
    const options = subresource ? { subresource, signal } : { signal };
    return this.#cluster.patch(Node, nameOf(node), mergePatch({ metadata: { resourceVersion }, ...body }), options);
  }

  async #markUnready(pod: Pod, now: Instant, signal: AbortSignal): Promise<void> {
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready'
        ? { ...condition, status: 'False', reason: 'NodeNotReady', lastTransitionTime: timestamp(now) }
        : condition,
    );
    const { uid, resourceVersion } = pod.metadata;
    const patch = mergePatch({ metadata: { uid, resourceVersion }, status: { conditions } });
    await unlessGone(this.#cluster.patch(Pod, nameOf(pod), patch, { subresource: 'status', signal }));
  }

  async #remove(pod: Pod, gracePeriodSeconds: number | undefined, { signal }: Context): Promise<void> {
    const preconditions = { uid: pod.metadata.uid };
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await unlessGone(this.#cluster.remove(Pod, nameOf(pod), { ...grace, preconditions, signal }));
  }
}

const nodesOf = ({ spec }: Pod): readonly Key[] => (spec?.nodeName ? [spec.nodeName] : []);
const nodeOfLease = ({ metadata }: Lease): readonly Key[] =>
  metadata.namespace === leaseNamespace ? [metadata.name] : [];

async function unlessGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}
