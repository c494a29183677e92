import { Lease, Node } from '../../api/kubernetes.js';
import type { Cluster } from '../../cluster/cluster.js';
import { NotFound } from '../../cluster/errors.js';
import { type JsonOperation, jsonPatch, mergePatch } from '../../cluster/patch.js';
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
} from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import type { Random } from '../../support/random.js';
import { type Duration, type Instant, instantOf, microTimestamp, minute, second } from '../../support/time.js';
import { Nudge } from '../nudge.js';
import { healthyConditions, leaseDraft, leaseNamespace, type NodeTemplate, nodeStatus } from './node-object.js';
import type { SimulatedNode } from './simulated-node.js';

/** As kubelets do: the Lease often, the whole status seldom. */
const renewEvery: Duration = 10 * second;
const reportEvery: Duration = 5 * minute;
const concurrency = 64;

export interface NodeKeeperOptions {
  readonly cluster: Cluster;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly random: Random;
  readonly template: NodeTemplate;
  readonly nodes: ReadonlyMap<string, SimulatedNode>;
}

/** The kubelets' heartbeats. A node that somebody has deleted stays deleted, as with a kubelet that is not restarted. */
export class NodeKeeper implements Reconciler {
  readonly #nudge = new Nudge(Node);
  readonly #renewAt = new Map<string, Instant>();

  constructor(private readonly options: NodeKeeperOptions) {}

  definition(name: string): ControllerDefinition {
    const watches = [
      For(Node, { when: (_old, node) => node !== undefined && this.#isUp(node.metadata.name) }),
      this.#nudge,
    ];
    return defineController({ name, reconciler: this, watches, concurrency });
  }

  wake(name: string): void {
    this.#nudge.wake([name]);
  }

  async reconcile({ name }: { readonly name: string }, context: Context): Promise<Result> {
    const node = this.options.cache.get(Node, name);
    const simulated = this.options.nodes.get(name);
    if (!node || !simulated || node.metadata.deletionTimestamp !== undefined || !this.#isUp(name)) return done;
    const now = this.options.clock.now();
    const renewAt = await this.#renew(node, now, context);
    const reportAt = await this.#report(node, simulated, now, context);
    return again(Math.min(renewAt, reportAt) - now);
  }

  #isUp(name: string): boolean {
    return this.options.nodes.get(name)?.state === 'up';
  }

  /** The first time at once, then at a moment of its own, so that many nodes do not all renew together. */
  async #renew(node: Node, now: Instant, { signal }: Context): Promise<Instant> {
    const { cluster, random } = this.options;
    const { name } = node.metadata;
    const due = this.#renewAt.get(name);
    if (due !== undefined && due > now) return due;
    try {
      const renewal = mergePatch({ spec: { renewTime: microTimestamp(now) } });
      await cluster.patch(Lease, { namespace: leaseNamespace, name }, renewal, { signal });
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      await cluster.create(Lease, leaseDraft(node, now), { signal });
    }
    const wait = due === undefined ? Math.ceil(random.uniform() * renewEvery) : renewEvery;
    this.#renewAt.set(name, now + wait);
    return now + wait;
  }

  async #report(node: Node, simulated: SimulatedNode, now: Instant, { signal }: Context): Promise<Instant> {
    const { cluster, template } = this.options;
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    const saidAt = instantOf(ready?.lastHeartbeatTime) ?? 0;
    if (ready?.status === 'True' && node.status?.allocatable && now - saidAt < reportEvery) return saidAt + reportEvery;
    const { conditions: _, ...status } = nodeStatus(node.metadata.name, simulated.index, template, now);
    const before = node.status?.conditions ?? [];
    const healthy = healthyConditions(now, before);
    const others = before.filter(({ type }) => !healthy.some((condition) => condition.type === type));
    const operations: JsonOperation[] = [{ op: 'test', path: '/metadata/uid', value: node.metadata.uid }];
    if (!node.status) operations.push({ op: 'add', path: '/status', value: {} });
    for (const [field, value] of Object.entries({ ...status, conditions: [...others, ...healthy] }))
      operations.push({ op: 'add', path: `/status/${field}`, value });
    await cluster.patch(Node, { name: node.metadata.name }, jsonPatch(operations), { subresource: 'status', signal });
    return now + reportEvery;
  }
}
