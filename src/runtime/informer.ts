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
import { OnDemand } from './on-demand.js';
import { RemovedUids } from './replica.js';
import { type Part, Scope } from './scope.js';

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

/** A copy of the objects of one kind that follows the server, with indexes, and handlers for its changes. */
export class Informer<T extends Resource> {
  /** Resolves when the first list is in. Never rejects: an informer tries until it is ended. */
  readonly synced: Promise<void>;
  readonly #options: InformerOptions<T>;
  readonly #store: ObjectStore<T>;
  readonly #removed = new RemovedUids();
  #scopes: readonly Scope<T>[];
  #waiting: Set<Scope<T>>;
  #rest: OnDemand<T> | undefined;
  #resolveSynced: () => void = () => undefined;
  #isForbiddenAllowed = false;

  constructor(options: InformerOptions<T>) {
    const { kind, logger, labels } = options;
    const log = logger.child({ informer: kind.plural });
    this.#options = { ...options, logger: log };
    this.#store = new ObjectStore<T>((error) => log.error({ error: messageOf(error) }, 'a handler threw'));
    this.#scopes = this.#scopesOf(labels === undefined ? undefined : { labels });
    this.#waiting = new Set(this.#scopes);
    this.synced = new Promise((resolve) => {
      this.#resolveSynced = resolve;
    });
    if (this.#waiting.size === 0) this.#resolveSynced();
  }

  #scopesOf(part: Part<T> | undefined): readonly Scope<T>[] {
    const { kind, namespaces, logger: log, cluster, clock, random } = this.#options;
    const parts = { kind, log, cluster, clock, random, store: this.#store, removed: this.#removed, part };
    const onForbidden = () => this.#onForbidden();
    const scopes = kind.namespaced && namespaces ? namespaces : [undefined];
    return scopes.map((namespace) => new Scope({ ...parts, namespace, onForbidden }));
  }

  /**
   * Follows the objects with this label, and those without it only while what is returned is told that they are needed. The label must
   * be among what is kept of an object. An own write that takes the label away shows when the watch tells of it. Before the start.
   */
  splitBy(label: string): OnDemand<T> {
    const has = ({ metadata: { labels } }: T) => labels?.[label] !== undefined;
    this.#scopes = this.#scopesOf({ labels: label, has });
    this.#waiting = new Set(this.#scopes);
    const rest = { labels: `!${label}`, has: (object: T) => !has(object) };
    this.#rest = new OnDemand(this.#options.clock, this.#options.logger.child({ label }), () => this.#scopesOf(rest));
    return this.#rest;
  }

  get hasSynced(): boolean {
    return this.#waiting.size === 0;
  }

  get size(): number {
    return this.#store.size;
  }

  /** Follows the server until `signal` is aborted. The promise resolves then and never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    this.#rest?.run(signal);
    await Promise.all(
      this.#scopes.map((scope) =>
        scope.reflector.run(signal, () => {
          if (this.#waiting.delete(scope) && this.#waiting.size === 0) this.#resolveSynced();
        }),
      ),
    );
  }

  /**
   * Reads the newest state and merges it: afterwards nothing that happened before the call is missing, but for what is watched on demand
   * only. Throws what the server answers.
   */
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
    this.#scopeOf(object)?.replica.remember(object);
  }

  /** Takes in that a removal ended the object of this uid. */
  forget(key: Key, uid: string): void {
    const known = this.#store.get(key);
    if (known) this.#scopeOf(known)?.replica.forget(key, uid);
  }

  #scopeOf(object: T): Scope<T> | undefined {
    return [...this.#scopes, ...(this.#rest?.scopes ?? [])].find((scope) => scope.covers(object));
  }
}
