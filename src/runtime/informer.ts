import type { Kind } from '../api/meta/kind.js';
import type { Key, Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { Forbidden } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import type { IndexFunction } from './cache.js';
import { type Handler, ObjectStore } from './object-store.js';
import { Reflector } from './reflector.js';
import { Replica } from './replica.js';

export interface InformerOptions<T extends Resource> {
  readonly cluster: Cluster;
  readonly kind: Kind<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Only these; everything when absent. Each has a watch of its own. */
  readonly namespaces?: readonly string[];
  /** Only objects that this label selector selects. */
  readonly labels?: string;
}

interface Scope<T extends Resource> {
  readonly namespace: string | undefined;
  readonly replica: Replica<T>;
  readonly reflector: Reflector<T>;
}

/** A copy of the objects of one kind that follows the server, with indexes, and handlers for its changes. */
export class Informer<T extends Resource> {
  /** Resolves when the first list is in. Never rejects: an informer tries until it is ended. */
  readonly synced: Promise<void>;
  readonly #store: ObjectStore<T>;
  readonly #scopes: readonly Scope<T>[];
  readonly #waiting: Set<Scope<T>>;
  #resolveSynced: () => void = () => undefined;
  #isForbiddenAllowed = false;

  constructor({ cluster, kind, clock, random, logger, namespaces, labels }: InformerOptions<T>) {
    const log = logger.child({ informer: kind.plural });
    this.#store = new ObjectStore<T>((error) => log.error({ error: messageOf(error) }, 'a handler threw'));
    const scopes = kind.namespaced && namespaces ? namespaces : [undefined];
    this.#scopes = scopes.map((namespace) => {
      const replica = new Replica<T>(
        this.#store,
        () => labels === undefined,
        (object) => namespace === undefined || object.metadata.namespace === namespace,
      );
      const query = { ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }) };
      const chance = random.split(`informer/${kind.plural}/${namespace ?? ''}`);
      const reflector = new Reflector<T>({
        cluster,
        kind,
        query,
        replica,
        clock,
        random: chance,
        log,
        onForbidden: () => this.#onForbidden(),
      });
      return { namespace, replica, reflector };
    });
    this.#waiting = new Set(this.#scopes);
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
    if (this.#waiting.size === 0) this.#resolveSynced();
  }

  get hasSynced(): boolean {
    return this.#waiting.size === 0;
  }

  get size(): number {
    return this.#store.size;
  }

  /** Follows the server until `signal` is aborted. The promise resolves then and never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#scopes.map((scope) =>
        scope.reflector.run(signal, () => {
          if (this.#waiting.delete(scope) && this.#waiting.size === 0) this.#resolveSynced();
        }),
      ),
    );
  }

  /** Reads the newest state and merges it: afterwards nothing that happened before the call is missing. Throws what the server answers. */
  async refresh(signal: AbortSignal): Promise<void> {
    try {
      await Promise.all(this.#scopes.map((scope) => scope.reflector.list(signal)));
    } catch (error) {
      if (!(this.#isForbiddenAllowed && error instanceof Forbidden)) throw error;
    }
  }

  /** Nobody waits for what may not be read: as long as that is so, there seems to be nothing. Before the start. */
  allowForbidden(): void {
    this.#isForbiddenAllowed = true;
  }

  #onForbidden(): void {
    if (this.#isForbiddenAllowed) this.#resolveSynced();
  }

  get(key: Key): T | undefined {
    return this.#store.get(key);
  }

  list(): Iterable<T> {
    return this.#store.values();
  }

  byIndex(index: string, value: string): ReadonlyMap<Key, T> {
    return this.#store.byIndex(index, value);
  }

  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    this.#store.addIndex(name, valuesOf);
  }

  trim(trim: (object: T, old: T | undefined) => T): void {
    this.#store.trim(trim);
  }

  addHandler(handler: Handler<T>): void {
    this.#store.addHandler(handler);
  }

  /** Takes in the answer to a write, unless something newer is known. */
  remember(object: T): void {
    this.#scopeOf(object.metadata.namespace)?.replica.remember(object);
  }

  /** Takes in that a removal ended the object of this uid. */
  forget(key: Key, uid: string): void {
    const namespace = this.#store.get(key)?.metadata.namespace;
    this.#scopeOf(namespace)?.replica.forget(key, uid);
  }

  #scopeOf(namespace: string | undefined): Scope<T> | undefined {
    return this.#scopes.find((scope) => scope.namespace === undefined || scope.namespace === namespace);
  }
}
