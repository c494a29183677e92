import { ContainerClaim } from '../../src/api/container-claim.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { isTrue } from '../../src/runtime/index.js';
import { claimDraft, namespace } from '../objects.js';

/** Creates claims and learns from a watch, as any client would, when each is Ready. */
export class ClaimTimer {
  readonly #waiting = new Map<string, () => void>();
  readonly #end = new AbortController();

  private constructor(private readonly cluster: Cluster) {}

  static async start(cluster: Cluster): Promise<ClaimTimer> {
    const timer = new ClaimTimer(cluster);
    const { resourceVersion } = await cluster.list(ContainerClaim, { namespace });
    void timer.#follow(resourceVersion);
    return timer;
  }

  /** Milliseconds from the create call to the watch event that says Ready. */
  async deliver(name: string, pool: string, count: number): Promise<number> {
    const start = performance.now();
    const ready = new Promise<number>((resolve) => {
      this.#waiting.set(name, () => resolve(performance.now() - start));
    });
    await this.cluster.create(ContainerClaim, claimDraft(name, pool, count));
    return ready;
  }

  stop(): void {
    this.#end.abort();
  }

  async #follow(start: string): Promise<void> {
    let since = start;
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        for await (const event of this.cluster.watch(ContainerClaim, { namespace, since }, { signal })) {
          since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
          if (event.type !== 'BOOKMARK' && isTrue(event.object.status?.conditions, 'Ready'))
            this.#ready(event.object.metadata.name);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  #ready(name: string): void {
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}
