import type { Kind } from '../../api/meta/kind.js';
import type { Resource } from '../../api/meta/resource.js';
import type { Cluster, WriteOptions } from '../../cluster/cluster.js';

/** How many writes there were, by verb and path, such as `patch pods/resize`. */
export type WriteCounts = ReadonlyMap<string, number>;

/** The same cluster, with its writes counted as they are sent, failed ones too. */
export class CountingCluster implements Cluster {
  readonly #counts = new Map<string, number>();
  readonly get: Cluster['get'];
  readonly list: Cluster['list'];
  readonly watch: Cluster['watch'];
  readonly create: Cluster['create'];
  readonly replace: Cluster['replace'];
  readonly patch: Cluster['patch'];
  readonly remove: Cluster['remove'];

  constructor(cluster: Cluster) {
    this.get = (kind, ref, options) => cluster.get(kind, ref, options);
    this.list = (kind, query, options) => cluster.list(kind, query, options);
    this.watch = (kind, query, options) => cluster.watch(kind, query, options);
    this.create = (kind, object, options) => {
      this.#count('create', kind, options);
      return cluster.create(kind, object, options);
    };
    this.replace = (kind, object, options) => {
      this.#count('replace', kind, options);
      return cluster.replace(kind, object, options);
    };
    this.patch = (kind, ref, patch, options) => {
      this.#count('patch', kind, options);
      return cluster.patch(kind, ref, patch, options);
    };
    this.remove = (kind, ref, options) => {
      this.#count('delete', kind);
      return cluster.remove(kind, ref, options);
    };
  }

  /** The counts so far. */
  counts(): WriteCounts {
    return new Map(this.#counts);
  }

  #count(verb: string, kind: Kind<Resource>, options: WriteOptions = {}): void {
    const path = kind.below?.path ?? options.subresource;
    const key = path === undefined ? `${verb} ${kind.plural}` : `${verb} ${kind.plural}/${path}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

/** The writes between two countings, of this kind only. */
export const writesSince = (before: WriteCounts, now: WriteCounts, key: string): number =>
  (now.get(key) ?? 0) - (before.get(key) ?? 0);
