import { PodDisruptionBudget } from '../../../src/api/administration.js';
import { ContainerClaim } from '../../../src/api/container-claim.js';
import { ConfigMap, Node, Pod } from '../../../src/api/kubernetes.js';
import type { Kind } from '../../../src/api/meta/kind.js';
import type { Resource } from '../../../src/api/meta/resource.js';
import type { Cluster } from '../../../src/cluster/cluster.js';
import type { Clock } from '../../../src/support/clock.js';
import { fingerprint } from '../../../src/support/digest.js';
import type { Instant } from '../../../src/support/time.js';

type Seen<Name extends string, T> = {
  readonly of: Name;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  readonly version: number;
  readonly at: Instant;
};

/** One version of one object, as the server kept it. */
export type Happening =
  | Seen<'pod', Pod>
  | Seen<'node', Node>
  | Seen<'claim', ContainerClaim>
  | Seen<'budget', PodDisruptionBudget>
  | Seen<'config-map', ConfigMap>;

/** Everything that ever happened to what the rebalancer moves, marks, heeds and writes down, as the server itself saw it. */
export class ServerRecord {
  readonly #happenings: Happening[] = [];
  readonly #clock: Clock;

  constructor(cluster: Cluster, clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    void this.#follow(cluster, Pod, signal, (seen) => ({ of: 'pod', ...seen }));
    void this.#follow(cluster, Node, signal, (seen) => ({ of: 'node', ...seen }));
    void this.#follow(cluster, ContainerClaim, signal, (seen) => ({ of: 'claim', ...seen }));
    void this.#follow(cluster, PodDisruptionBudget, signal, (seen) => ({ of: 'budget', ...seen }));
    void this.#follow(cluster, ConfigMap, signal, (seen) => ({ of: 'config-map', ...seen }));
  }

  /** In the order of the server's writes. */
  get happenings(): readonly Happening[] {
    return this.#happenings.sort((a, b) => a.version - b.version);
  }

  /** Equal for equal runs. */
  get digest(): string {
    return fingerprint(this.happenings.map(({ object, type, at }) => [at, type, object]));
  }

  async #follow<T extends Resource>(
    cluster: Cluster,
    kind: Kind<T>,
    signal: AbortSignal,
    as: (seen: Omit<Seen<'', T>, 'of'>) => Happening,
  ): Promise<void> {
    for await (const event of cluster.watch(kind, { since: '1' }, { signal })) {
      if (event.type === 'BOOKMARK') continue;
      const { type, object } = event;
      const version = Number(object.metadata.resourceVersion);
      this.#happenings.push(as({ type, object, version, at: this.#clock.now() }));
    }
  }
}
