import { definitionOf } from '../../api/definitions.js';
import type { Kind } from '../../api/meta/kind.js';
import type { Draft, Ref, Resource } from '../../api/meta/resource.js';
import type {
  CallOptions,
  Cluster,
  ListQuery,
  Page,
  ReadOptions,
  RemoveOptions,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from '../../cluster/cluster.js';
import { BadRequest } from '../../cluster/errors.js';
import type { Patch } from '../../cluster/patch.js';
import type { Clock } from '../../support/clock.js';
import type { Random } from '../../support/random.js';
import { type Duration, minute } from '../../support/time.js';
import { builtInKinds } from './kinds/builtin.js';
import { admissionOf } from './kinds/defined.js';
import { page } from './paging.js';
import { applyPatch } from './patch/apply.js';
import { selectionOf } from './selection.js';
import { type Admit, type Observe, Store } from './store.js';
import { createBelow, getScale, updateScale } from './subresources.js';
import { Watcher } from './watch.js';
import { typed } from './writes.js';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'replace' | 'patch' | 'remove';

export interface EmbeddedClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How long a call takes, half of it before and half after the store has acted. Default: no time at all. */
  readonly latency?: (random: Random, verb: Verb) => Duration;
  /** Changes per kind that a watch can resume from; older marks are Expired. Default 20,000. */
  readonly historyLimit?: number;
  /** Events that a watch holds for a slow reader; then it ends, to be resumed. Default 20,000. */
  readonly watchLimit?: number;
  /** How often an open watch gets a bookmark. Default one minute. */
  readonly bookmarkEvery?: Duration;
  /** Freeze all objects deeply, so that a program that changes one fails at once. Default true. */
  readonly frozen?: boolean;
  /** What a mutating webhook would make of an object that is created. Default: nothing else. */
  readonly admit?: Admit;
  readonly observe?: Observe;
}

/** Schemas are not read from CRDs: for our own kinds the API's definitions stand for them, others take any object. */
function schemaOf(kind: Kind<Resource>) {
  const definition = definitionOf(kind);
  return definition && admissionOf(definition);
}

/** A Kubernetes API in this process: the semantics of a real server, without sockets, etcd or permissions. */
export class EmbeddedCluster implements Cluster {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #latency: EmbeddedClusterOptions['latency'];
  readonly #watchLimit: number;
  readonly #bookmarkEvery: Duration;
  readonly #requests = new Map<string, number>();
  readonly #watchers = new Set<Watcher>();
  #bookmarks: Disposable | undefined;

  constructor(options: EmbeddedClusterOptions) {
    const { clock, random, historyLimit = 20_000, frozen = true, admit = (_, object) => object } = options;
    this.#clock = clock;
    this.#random = random.split('latency');
    this.#latency = options.latency;
    this.#watchLimit = options.watchLimit ?? 20_000;
    this.#bookmarkEvery = options.bookmarkEvery ?? minute;
    this.#store = new Store({
      clock,
      random: random.split('store'),
      historyLimit,
      frozen,
      schemaOf,
      admit,
      observe: options.observe,
    });
    for (const rules of builtInKinds) this.#store.serve(rules);
    this.#store.start();
  }

  /** How many calls there were, by `verb plural` or `verb plural/subresource`, such as `patch pods/status`. */
  get requests(): ReadonlyMap<string, number> {
    return this.#requests;
  }

  /** Forgets the history so far, as a compaction of etcd does: marks and pages from before are Expired. */
  forgetHistory(): void {
    for (const table of this.#store.tables()) table.forget(this.#store.version);
  }

  /** Ends all open watches, as a server that restarts does. */
  cutWatches(): void {
    for (const watcher of this.#watchers) watcher.end();
  }

  get<T extends Resource>(kind: Kind<T>, ref: Ref, options: ReadOptions = {}): Promise<T> {
    const { below } = kind;
    return this.#call('get', kind, options, () =>
      typed<T>(below ? getScale(this.#store, below, ref) : this.#store.get(kind, ref, options.subresource)),
    );
  }

  list<T extends Resource>(kind: Kind<T>, query: ListQuery = {}, options: CallOptions = {}): Promise<Page<T>> {
    return this.#call('list', kind, options, () => {
      const table = this.#store.table(kind);
      const result = page(table, selectionOf(query, table.rules), query, this.#store.version);
      return { ...result, items: result.items as readonly Resource[] as readonly T[] };
    });
  }

  watch<T extends Resource>(kind: Kind<T>, query: WatchQuery, options: CallOptions = {}): AsyncIterable<WatchEvent<T>> {
    return {
      [Symbol.asyncIterator]: () => {
        this.#count('watch', kind, {});
        return this.#open(kind, query, options) as AsyncIterator<WatchEvent<Resource>> as AsyncIterator<WatchEvent<T>>;
      },
    };
  }

  create<T extends Resource>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}): Promise<T> {
    return this.#call('create', kind, options, () => {
      if (kind.below) return typed<T>(createBelow(this.#store, kind.below, object, options, this.#clock.now()));
      return typed<T>(this.#store.create(kind, object, options));
    });
  }

  replace<T extends Resource>(kind: Kind<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#call('replace', kind, options, () => {
      const { name, namespace } = object.metadata;
      if (!name) throw new BadRequest('the object has no name');
      const ref = namespace === undefined ? { name } : { name, namespace };
      const mode = { ...options, verb: 'replace' } as const;
      if (kind.below) return typed<T>(updateScale(this.#store, kind.below, ref, mode, () => object));
      return typed<T>(this.#store.update(kind, ref, mode, () => object));
    });
  }

  patch<T extends Resource>(kind: Kind<T>, ref: Ref, patch: Patch, options: WriteOptions = {}): Promise<T> {
    return this.#call('patch', kind, options, () => {
      const mode = { ...options, verb: 'patch' } as const;
      if (kind.below)
        return typed<T>(updateScale(this.#store, kind.below, ref, mode, (old) => applyPatch(old, patch, 'built-in')));
      const { origin } = this.#store.table(kind).rules;
      return typed<T>(this.#store.update(kind, ref, mode, (old) => applyPatch(old, patch, origin)));
    });
  }

  remove<T extends Resource>(kind: Kind<T>, ref: Ref, options: RemoveOptions = {}): Promise<T | undefined> {
    return this.#call('remove', kind, options, () => {
      const left = this.#store.remove(kind, ref, options);
      return left && typed<T>(left);
    });
  }

  async #call<R>(
    verb: Verb,
    kind: Kind<Resource>,
    options: CallOptions & { readonly subresource?: string },
    act: () => R,
  ): Promise<R> {
    options.signal?.throwIfAborted();
    this.#count(verb, kind, options);
    const latency = this.#latency?.(this.#random, verb) ?? 0;
    if (latency > 0) await this.#clock.sleep(latency / 2, options.signal);
    const result = act();
    if (latency > 0) await this.#clock.sleep(latency / 2, options.signal);
    return result;
  }

  #count(verb: Verb, kind: Kind<Resource>, { subresource }: { readonly subresource?: string }): void {
    const path = kind.below?.path ?? subresource;
    const key = path === undefined ? `${verb} ${kind.plural}` : `${verb} ${kind.plural}/${path}`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  #open(kind: Kind<Resource>, query: WatchQuery, { signal }: CallOptions): Watcher {
    const onAbort = () => watcher.end();
    const everything = { namespace: undefined, name: undefined, node: undefined, matches: undefined };
    let watcher = new Watcher(everything, this.#watchLimit, () => {});
    try {
      const table = this.#store.table(kind);
      const selection = selectionOf(query, table.rules);
      watcher = new Watcher(selection, this.#watchLimit, (ended) => {
        table.dropWatcher(ended);
        this.#watchers.delete(ended);
        if (this.#watchers.size === 0) {
          this.#bookmarks?.[Symbol.dispose]();
          this.#bookmarks = undefined;
        }
        signal?.removeEventListener('abort', onAbort);
      });
      const since = Number(query.since);
      if (!Number.isInteger(since) || since < 0)
        throw new BadRequest(`resourceVersion: Invalid value: "${query.since}": must be a mark of this server`);
      if (since === 0) for (const object of table.select(selection)) watcher.push({ type: 'ADDED', object });
      else for (const change of table.changesAfter(since)) watcher.see(change);
      if (signal?.aborted) watcher.end();
      else {
        table.addWatcher(watcher);
        this.#watchers.add(watcher);
        signal?.addEventListener('abort', onAbort, { once: true });
        this.#bookmarks ??= this.#scheduleBookmarks();
      }
    } catch (error) {
      watcher.fail(error);
    }
    return watcher;
  }

  #scheduleBookmarks(): Disposable {
    return this.#clock.at(this.#clock.now() + this.#bookmarkEvery, () => {
      const resourceVersion = String(this.#store.version);
      for (const watcher of this.#watchers) watcher.push({ type: 'BOOKMARK', resourceVersion });
      this.#bookmarks = this.#watchers.size > 0 ? this.#scheduleBookmarks() : undefined;
    });
  }
}
