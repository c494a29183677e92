import { Node, Pod } from '../../../src/api/kubernetes.js';
import { type Key, keyOf, nameOf } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import { ApiError } from '../../../src/cluster/errors.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import type { Clock } from '../../../src/support/clock.js';
import type { Random } from '../../../src/support/random.js';
import { second } from '../../../src/support/time.js';
import { type Amounts, allocatableOf, beyond, hasEnded, nothing, plus, requestedBy } from './amounts.js';

/**
 * The kubelets of all nodes, as far as schedulers can tell: they admit what fits and have the rest fail, end what is deleted;
 * and the collector of pods whose node is gone.
 */
export class Kubelets {
  readonly #pods = new Map<Key, Pod>();
  readonly #nodes = new Map<string, Node>();
  /** By uid: pods that were looked at, and those among them that run. */
  readonly #judged = new Set<string>();
  readonly #admitted = new Set<string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  run(signal: AbortSignal): void {
    void this.#followNodes(signal);
    void this.#followPods(signal);
  }

  async #followNodes(signal: AbortSignal): Promise<void> {
    for await (const event of this.cluster.watch(Node, { since: '1' }, { signal })) {
      if (event.type === 'BOOKMARK') continue;
      const { name } = event.object.metadata;
      if (event.type === 'DELETED') this.#nodes.delete(name);
      else this.#nodes.set(name, event.object);
      for (const pod of this.#pods.values()) if (pod.spec?.nodeName === name) this.#lookAt(pod);
    }
  }

  async #followPods(signal: AbortSignal): Promise<void> {
    for await (const event of this.cluster.watch(Pod, { since: '1' }, { signal })) {
      if (event.type === 'BOOKMARK') continue;
      const key = keyOf(nameOf(event.object));
      if (event.type === 'DELETED') this.#pods.delete(key);
      else {
        this.#pods.set(key, event.object);
        this.#lookAt(event.object);
      }
    }
  }

  #lookAt(pod: Pod): void {
    const { nodeName } = pod.spec ?? {};
    if (!nodeName) return;
    const node = this.#nodes.get(nodeName);
    if (!node) return this.#collect(pod, nodeName);
    if (pod.metadata.deletionTimestamp !== undefined) this.#end(pod);
    else if (!this.#judged.has(pod.metadata.uid)) this.#admit(pod, node);
  }

  #admit(pod: Pod, node: Node): void {
    const { uid } = pod.metadata;
    this.#judged.add(uid);
    const lacking = beyond(plus(this.#heldOn(node.metadata.name), requestedBy(pod)), allocatableOf(node));
    if (lacking.length === 0) this.#admitted.add(uid);
    const status =
      lacking.length === 0 ? { phase: 'Running' } : { phase: 'Failed', reason: `OutOf${lacking.join(',')}` };
    this.#try(() =>
      this.cluster.patch(Pod, nameOf(pod), mergePatch({ metadata: { uid }, status }), { subresource: 'status' }),
    );
  }

  #heldOn(node: string): Amounts {
    let held = nothing;
    for (const pod of this.#pods.values())
      if (pod.spec?.nodeName === node && this.#admitted.has(pod.metadata.uid) && !hasEnded(pod))
        held = plus(held, requestedBy(pod));
    return held;
  }

  /** As the pod garbage collector: a node that comes back within a while keeps its pods. */
  #collect(pod: Pod, node: string): void {
    this.clock.at(this.clock.now() + 10 * second, () => {
      if (!this.#nodes.has(node)) this.#remove(pod);
    });
  }

  #end(pod: Pod): void {
    const after = Math.round(this.random.split(pod.metadata.uid).exponential(second));
    this.clock.at(this.clock.now() + after, () => this.#remove(pod));
  }

  #remove(pod: Pod): void {
    const { uid } = pod.metadata;
    this.#try(() => this.cluster.remove(Pod, nameOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } }));
  }

  /** What is gone or changed meanwhile is somebody else's. */
  #try(write: () => Promise<unknown>): void {
    write().catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }
}
