import { Lease, Namespace, Node, Pod } from '../../api/kubernetes.js';
import { type Key, keyOf, nameOf, type Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { AlreadyExists, NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import { createManager, type Manager } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import { type Logger, silentLogger } from '../../support/log.js';
import type { Random } from '../../support/random.js';
import { NodeKeeper } from './node-keeper.js';
import { leaseNamespace, mediumNode, type NodeTemplate, nodeDraft, simulatedLabel } from './node-object.js';
import { PodKeeper } from './pod-keeper.js';
import { type Profile, realistic } from './profile.js';
import { SimulatedNode } from './simulated-node.js';
import { addUse, nothingUsed, shareOfRequests, type Use, type UsageModel } from './usage.js';

/** How many nodes are registered, or objects removed, at once. */
const batch = 50;

export interface SimulatedNodesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger?: Logger;
  readonly count: number;
  /** Names this simulation: its nodes are `<name>-0`, `<name>-1`, … and carry it as a label. Default `sim`. */
  readonly name?: string;
  /** What each node has. Default: 16 cores, 64 GiB, 110 pods. */
  readonly node?: NodeTemplate;
  /** How long things take. Default `realistic`. */
  readonly profile?: Profile;
  /** Images that are on every node from the start. */
  readonly images?: readonly string[];
  readonly usage?: UsageModel;
}

/**
 * Nodes that exist only as objects of a cluster, any cluster: they register, send heartbeats, run the pods that are
 * bound to them in the time that their profile says, and report as kubelets do. Everything goes through the Cluster
 * port. What runs is read back from the pods, so that a new simulation of the same name takes over where one stopped.
 */
export class SimulatedNodes {
  readonly #options: SimulatedNodesOptions;
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #manager: Manager;
  readonly #pods: PodKeeper;
  readonly #heartbeats: NodeKeeper;
  readonly #usage: UsageModel;
  readonly #template: NodeTemplate;
  readonly #simulation: string;

  constructor(options: SimulatedNodesOptions) {
    const { clock, random, count, logger = silentLogger, profile = realistic } = options;
    this.#options = options;
    this.#simulation = options.name ?? 'sim';
    this.#template = options.node ?? mediumNode;
    for (let index = 0; index < count; index++) {
      const name = `${this.#simulation}-${index}`;
      const node = new SimulatedNode(name, index, this.#template, profile, random.split(name));
      for (const image of options.images ?? []) node.images.add(image);
      this.#nodes.set(name, node);
    }
    const manager = createManager({ cluster: options.cluster, clock, random: random.split('manager'), logger });
    const { cache, cluster } = manager;
    this.#manager = manager;
    this.#usage = options.usage ?? shareOfRequests(random.split('usage'));
    this.#pods = new PodKeeper({ cluster, cache, clock, profile, nodes: this.#nodes });
    const heartbeats = random.split('heartbeats');
    this.#heartbeats = new NodeKeeper({
      cluster,
      cache,
      clock,
      random: heartbeats,
      template: this.#template,
      nodes: this.#nodes,
    });
    manager.index(Pod, byNode, (pod) => (pod.spec?.nodeName ? [pod.spec.nodeName] : []));
    manager.add(this.#pods.definition(`simulated-kubelets-${this.#simulation}`));
    manager.add(this.#heartbeats.definition(`simulated-heartbeats-${this.#simulation}`));
  }

  get names(): readonly string[] {
    return [...this.#nodes.keys()];
  }

  /** Registers the nodes (those that exist already are taken over) and begins to run pods. Throws what the cluster answers. */
  async start(): Promise<void> {
    await ifNew(this.#options.cluster.create(Namespace, { metadata: { name: leaseNamespace } }));
    await inBatches([...this.#nodes.values()], (node) => this.#register(node));
    await this.#manager.start();
  }

  /** Ends the simulation and leaves nodes and pods as they are: another of the same name can take them over. */
  stop(): Promise<void> {
    return this.#manager.stop();
  }

  /** Ends the simulation as a crash of its process would. */
  kill(): void {
    this.#manager.kill();
  }

  /** Ends the simulation and deletes its nodes, their Leases and the pods on them. */
  async remove(): Promise<void> {
    const { cluster } = this.#options;
    await this.stop();
    const { items } = await cluster.list(Pod);
    const pods = items.filter(({ spec }) => spec?.nodeName !== undefined && this.#nodes.has(spec.nodeName));
    await inBatches(pods, (pod) => unlessGone(cluster.remove(Pod, nameOf(pod), { gracePeriodSeconds: 0 })));
    await inBatches(this.names, async (name) => {
      await unlessGone(cluster.remove(Lease, { namespace: leaseNamespace, name }));
      await unlessGone(cluster.remove(Node, { name }));
    });
  }

  /** The node and its pods say nothing more, and hear nothing. */
  lose(name: string): void {
    this.#node(name).state = 'lost';
  }

  /** A node that was lost is back, with its pods as they are. */
  restore(name: string): void {
    const node = this.#node(name);
    node.state = 'up';
    this.#heartbeats.wake(name);
    this.#pods.wake(this.#manager.cache.byIndex(Pod, byNode, name).keys());
  }

  /** What a pod uses now: nothing unless it runs. */
  podUse(ref: Ref): Use {
    const pod = this.#manager.cache.get(Pod, keyOf(ref));
    return pod ? this.#useOf(pod) : nothingUsed;
  }

  /** What each pod of a node uses now. */
  podUses(name: string): ReadonlyMap<Key, Use> {
    const pods = this.#manager.cache.byIndex(Pod, byNode, name);
    return new Map([...pods].map(([key, pod]) => [key, this.#useOf(pod)]));
  }

  /** What the pods of a node use now, together. */
  nodeUse(name: string): Use {
    return [...this.podUses(name).values()].reduce(addUse, nothingUsed);
  }

  #useOf(pod: Pod): Use {
    return pod.status?.phase === 'Running' ? this.#usage(pod, this.#options.clock.now()) : nothingUsed;
  }

  #node(name: string): SimulatedNode {
    const node = this.#nodes.get(name);
    if (!node)
      throw new Error(
        `there is no simulated node ${name}: there are ${this.#simulation}-0 to -${this.#nodes.size - 1}`,
      );
    return node;
  }

  async #register({ name, index }: SimulatedNode): Promise<void> {
    const { cluster, clock } = this.#options;
    const draft = nodeDraft(name, this.#simulation, index, this.#template, clock.now());
    if (await ifNew(cluster.create(Node, draft))) return;
    // whoever made it, it is ours now; its status follows with the first heartbeat
    await cluster.patch(Node, { name }, mergePatch({ metadata: { labels: { [simulatedLabel]: this.#simulation } } }));
  }
}

const byNode = 'simulated-node';

async function inBatches<T>(things: readonly T[], act: (thing: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < things.length; i += batch) await Promise.all(things.slice(i, i + batch).map(act));
}

async function ifNew(creation: Promise<unknown>): Promise<boolean> {
  try {
    await creation;
    return true;
  } catch (error) {
    if (error instanceof AlreadyExists) return false;
    throw error;
  }
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
  }
}
