import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import type { ObjectStore } from './object-store.js';
import { Reflector } from './reflector.js';
import { type RemovedUids, Replica } from './replica.js';

/** Some of the objects of a kind, by a label selector. */
export interface Part<T extends Resource> {
  readonly labels: string;
  /** Whether an object belongs to it; absent where that can be told by the server alone. */
  readonly has?: (object: T) => boolean;
}

export interface ScopeOptions<T extends Resource> {
  readonly cluster: Cluster;
  readonly kind: Kind<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly store: ObjectStore<T>;
  readonly removed: RemovedUids;
  /** All when absent. */
  readonly namespace?: string | undefined;
  /** All when absent. */
  readonly part?: Part<T> | undefined;
  readonly onForbidden?: () => void;
}

/** One watch of an informer, and what it brings: of one namespace or of all, of a part of the objects or of all. */
export class Scope<T extends Resource> {
  readonly replica: Replica<T>;
  readonly reflector: Reflector<T>;

  constructor(private readonly options: ScopeOptions<T>) {
    const { cluster, kind, clock, random, log, store, removed, namespace, part, onForbidden } = options;
    const covers = (object: T) => this.covers(object);
    // a selector that we cannot judge admits nothing new
    const admits = part === undefined || part.has ? covers : () => false;
    this.replica = new Replica<T>(store, admits, covers, removed);
    this.reflector = new Reflector<T>({
      cluster,
      kind,
      query: { ...(namespace !== undefined && { namespace }), ...(part && { labels: part.labels }) },
      replica: this.replica,
      clock,
      random: random.split(`informer/${kind.plural}/${namespace ?? ''}${part?.has ? `/${part.labels}` : ''}`),
      log,
      onForbidden: onForbidden ?? (() => undefined),
    });
  }

  /** Whether an object of the store came from here. */
  covers(object: T): boolean {
    const { namespace, part } = this.options;
    return (namespace === undefined || object.metadata.namespace === namespace) && (part?.has?.(object) ?? true);
  }
}
