import type { ContainerClaim } from '../../api/container-claim.js';
import { Pod } from '../../api/kubernetes.js';
import { annotations, labels } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isReady, isResized } from '../../line/index.js';
import type { Clock } from '../../support/clock.js';
import type { Instant } from '../../support/time.js';

/** When a watcher of the cluster first saw what of a claim's container. */
export interface Sighting {
  /** That it is the claim's. */
  readonly mine: Instant;
  /** That it has a node. */
  readonly bound?: Instant;
  /** That it is ready, in the size that the claim asks for. */
  readonly ready?: Instant;
}

/** Watches the containers of one claim as any program could: what counts is when others can see it. */
export class Sightings {
  readonly #seen = new Map<string, Sighting>();
  readonly #end = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    private readonly claim: Pick<ContainerClaim, 'spec'> & {
      readonly metadata: { readonly name: string; readonly namespace: string };
    },
  ) {}

  /** Begins to watch; resolves before the claim may be created. */
  async start(): Promise<void> {
    const { namespace, name } = this.claim.metadata;
    const query = { namespace, labels: `${labels.claim}=${name}` };
    const { resourceVersion } = await this.cluster.list(Pod, query);
    void this.#watch({ ...query, since: resourceVersion });
  }

  stop(): void {
    this.#end.abort();
  }

  all(): readonly Sighting[] {
    return [...this.#seen.values()];
  }

  async #watch(query: { readonly namespace: string; readonly labels: string; readonly since: string }): Promise<void> {
    const { signal } = this.#end;
    let { since } = query;
    while (!signal.aborted) {
      try {
        for await (const event of this.cluster.watch(Pod, { ...query, since }, { signal })) {
          since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
          if (event.type === 'ADDED' || event.type === 'MODIFIED') this.#note(event.object);
        }
      } catch {
        // a server that restarts: what is missed in between shows as late, never as early
      }
      await this.clock.sleep(100, signal).catch(() => undefined);
    }
  }

  #note(pod: Pod): void {
    const now = this.clock.now();
    const before: Sighting = this.#seen.get(pod.metadata.uid) ?? { mine: now };
    this.#seen.set(pod.metadata.uid, {
      ...before,
      ...(before.bound === undefined && pod.spec?.nodeName !== undefined ? { bound: now } : {}),
      ...(before.ready === undefined && this.#isServed(pod) ? { ready: now } : {}),
    });
  }

  #isServed(pod: Pod): boolean {
    if (!isReady(pod)) return false;
    const itemName = pod.metadata.annotations?.[annotations.item] ?? '';
    const item = this.claim.spec.items.find(({ name }) => name === itemName);
    return item === undefined || isResized({ pod, slot: { index: 0, itemName, item } });
  }
}
