import { Pod } from '../../src/api/kubernetes.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { until } from '../measure.js';

/** Sees when each pod of a namespace has its node, by a watch of its own. */
export class BindingObserver {
  /** By pod, in milliseconds. */
  readonly #boundAt = new Map<string, number>();
  readonly #end = new AbortController();
  #onFirst: (() => void) | undefined;

  constructor(cluster: Cluster, namespace: string) {
    void this.#follow(cluster, namespace);
  }

  /** Waits until so many more are bound. `onFirst` is called at the first of them. */
  async burst(count: number, onFirst: () => void): Promise<{ readonly seconds: number; readonly until: number }> {
    const before = this.#boundAt.size;
    this.#onFirst = onFirst;
    await until(`${count} bindings`, () => this.#boundAt.size >= before + count);
    const times = [...this.#boundAt.values()].slice(before);
    const last = Math.max(...times);
    return { seconds: (last - Math.min(...times)) / 1000, until: last };
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(cluster: Cluster, namespace: string): Promise<void> {
    const { signal } = this.#end;
    let { resourceVersion: since } = await cluster.list(Pod, { namespace });
    while (!signal.aborted)
      for await (const event of cluster.watch(Pod, { namespace, since }, { signal })) {
        since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
        if (event.type === 'MODIFIED' && event.object.spec?.nodeName) this.#bound(event.object.metadata.name);
      }
  }

  #bound(pod: string): void {
    if (this.#boundAt.has(pod)) return;
    this.#boundAt.set(pod, performance.now());
    this.#onFirst?.();
    this.#onFirst = undefined;
  }
}
