import { ContainerClaim } from '../../src/api/container-claim.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { isTrue } from '../../src/runtime/index.js';
import { claimDraft, namespace } from '../objects.js';
import { follow } from './follow.js';

/** Creates claims and learns from a watch, as any client would, when each is Ready. */
export class ClaimTimer {
  readonly #waiting = new Map<string, () => void>();
  readonly #end = new AbortController();

  private constructor(
    private readonly cluster: Cluster,
    private readonly pool: string,
    private readonly kind: Kind<ContainerClaim>,
  ) {}

  /** For claims of a pool. */
  static async start(cluster: Cluster, pool: string, kind = ContainerClaim): Promise<ClaimTimer> {
    const timer = new ClaimTimer(cluster, pool, kind);
    const ready = ({ metadata, status }: ContainerClaim) => {
      if (isTrue(status?.conditions, 'Ready')) timer.#ready(metadata.name);
    };
    await follow(cluster, kind, { namespace }, ({ object }) => ready(object), timer.#end.signal);
    return timer;
  }

  /** Milliseconds from the create call to the watch event that says Ready. */
  async deliver(name: string, count: number): Promise<number> {
    const start = performance.now();
    const ready = new Promise<number>((resolve) => {
      this.#waiting.set(name, () => resolve(performance.now() - start));
    });
    await this.cluster.create(this.kind, claimDraft(name, this.pool, count));
    return ready;
  }

  stop(): void {
    this.#end.abort();
  }

  #ready(name: string): void {
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}
