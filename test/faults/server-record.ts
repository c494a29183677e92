import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { Clock } from '../../src/support/clock.js';
import { fingerprint } from '../../src/support/digest.js';
import type { Instant } from '../../src/support/time.js';

/** One version of one object, as the server kept it. `of`: what it is, for whoever reads several kinds. */
export interface Seen<Name extends string, T> {
  readonly of: Name;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
  readonly version: number;
  readonly at: Instant;
}

/** Everything that ever happened to some kinds, as the server itself saw it. */
export class ServerRecord<Happening extends Seen<string, Resource>> {
  readonly #happenings: Happening[] = [];

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {}

  /** In the order of the server's writes. */
  get happenings(): readonly Happening[] {
    return this.#happenings.sort((a, b) => a.version - b.version);
  }

  /** Equal for equal runs. */
  get digest(): string {
    return fingerprint(this.happenings.map(({ object, type, at }) => [at, type, object]));
  }

  /** From the beginning on. */
  follow<T extends Resource>(kind: Kind<T>, as: (seen: Omit<Seen<'', T>, 'of'>) => Happening): void {
    void this.#follow(kind, as);
  }

  async #follow<T extends Resource>(kind: Kind<T>, as: (seen: Omit<Seen<'', T>, 'of'>) => Happening): Promise<void> {
    for await (const event of this.cluster.watch(kind, { since: '1' }, { signal: this.signal })) {
      if (event.type === 'BOOKMARK') continue;
      const { type, object } = event;
      const version = Number(object.metadata.resourceVersion);
      this.#happenings.push(as({ type, object, version, at: this.clock.now() }));
    }
  }
}
