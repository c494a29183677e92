import { setMaxListeners } from 'node:events';
import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type Duration, second } from '../support/time.js';
import { type BackOff, backOffDelay } from './back-off.js';
import type { Cache, IndexFunction } from './cache.js';
import { cachedCluster } from './cached-cluster.js';
import { Controller, type ControllerDefinition } from './controller.js';
import { EventWriter } from './events.js';
import { gatedCluster, NotLeading } from './gated-cluster.js';
import type { Checks } from './http-server.js';
import { Informers } from './informers.js';
import { type ElectionOptions, LeaderElection, type Leadership } from './leader-election.js';
import type { RuntimeMetrics } from './metrics.js';
import type { OnDemand } from './on-demand.js';
import type { EventRecorder } from './reconciler.js';
import { within } from './within.js';

export interface ManagerOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Who reports Events. Default `penstock.dev/operator`. */
  readonly component?: string;
  /** How many Events are written at once. Default 1. */
  readonly eventsAtOnce?: number;
  readonly metrics?: RuntimeMetrics;
  /** Work only while holding this Lease. Without it the manager works from the start, in term 0. */
  readonly election?: ElectionOptions;
  /** Watch only these namespaces; all when absent. Kinds without a namespace are watched whole. */
  readonly namespaces?: readonly string[];
  /** How long `stop` waits for reconciles that run. Default 20 s. */
  readonly stopLimit?: Duration;
}

/** How long a new leader waits before it asks again for what it must know first. */
const refreshBackOff: BackOff = { base: 100, max: 2 * second };
/** How long a stop waits for Events that are still to be written. */
const flushLimit = second;

/** Runs controllers over one cluster: one cache for all of them, one life, one term at a time. */
export class Manager {
  /** What the informers know: only of kinds that a controller watches or that have an index. */
  readonly cache: Cache;
  /** For controllers: its writes are in `cache` when they resolve, and none begins unless this manager leads. */
  readonly cluster: Cluster;
  readonly events: EventRecorder;
  readonly #options: ManagerOptions;
  readonly #informers: Informers;
  readonly #events: EventWriter;
  readonly #controllers: Controller[] = [];
  /** Aborted at the very end, or by `kill`. */
  readonly #life = new AbortController();
  #leadership: Leadership | undefined;
  #started = false;
  #stopping: Promise<void> | undefined;
  #synced = false;

  constructor(options: ManagerOptions) {
    const { cluster, clock, random, logger, namespaces, election } = options;
    const { component = 'penstock.dev/operator', eventsAtOnce = 1 } = options;
    this.#options = options;
    this.#informers = new Informers({ cluster, clock, random, logger, ...(namespaces && { namespaces }) });
    this.cache = this.#informers;
    this.cluster = cachedCluster(
      gatedCluster(cluster, () => this.#mayWrite()),
      this.#informers,
    );
    const { signal } = this.#life;
    // one signal ends all informers and calls: many listeners are no leak
    setMaxListeners(0, signal);
    const instance = election?.identity ?? component;
    const chance = random.split('events');
    const reporter = { controller: component, instance, atOnce: eventsAtOnce };
    this.#events = new EventWriter({ cluster, clock, random: chance, logger, signal, ...reporter });
    this.events = this.#events;
    if (election) options.metrics?.lease(election.name, () => this.leading);
  }

  /** Whether controllers work here now. */
  get leading(): boolean {
    return this.#leadership !== undefined && !this.#leadership.signal.aborted;
  }

  /** For `/readyz`. A standby is ready too: it could take over at once. */
  get readyChecks(): Checks {
    return {
      caches: () => (this.#synced ? undefined : 'not everything is listed yet'),
      running: () => (this.#stopping || this.#life.signal.aborted ? 'stopping' : undefined),
    };
  }

  /** Files the objects of a kind under what `valuesOf` says, which must depend on the object alone. */
  index<T extends Resource>(kind: Kind<T>, name: string, valuesOf: IndexFunction<T>): void {
    this.#informers.of(kind).addIndex(name, valuesOf);
  }

  /**
   * What the cache keeps of the objects of a kind: they may be many, and most of no interest. `old` is what was kept of it before, or of
   * another of its name. What `trim` returns must have
   * the object's own apiVersion, kind, name, namespace, uid and resourceVersion. Before the start.
   */
  trim<T extends Resource>(kind: Kind<T>, trim: (object: T, old: T | undefined) => T): void {
    this.#informers.of(kind).trim(trim);
  }

  /** Works on where it may not read the objects of a kind, as if there were none. Before the start. */
  allowForbidden(kind: Kind<Resource>): void {
    this.#informers.of(kind).allowForbidden();
  }

  /**
   * Hears of every change of objects of a kind, once the cache and its indexes show it: for what this process alone holds about them,
   * such as calls that are under way. `old` is absent for one that is new, `object` for one that is gone. Before the start.
   */
  onChange<T extends Resource>(kind: Kind<T>, hear: (old: T | undefined, object: T | undefined) => void): void {
    this.#informers.of(kind).addHandler({
      add: (object) => hear(undefined, object),
      update: hear,
      delete: (old) => hear(old, undefined),
    });
  }

  /**
   * Watches the objects of a kind with this label, and those without it only while what is returned is told that they are needed. The
   * label must be among what is kept of an object. Before the start.
   */
  splitBy<T extends Resource>(kind: Kind<T>, label: string): OnDemand<T> {
    return this.#informers.of(kind).splitBy(label);
  }

  /** Before the start. Throws when the name is taken. */
  add(definition: ControllerDefinition): void {
    const { name } = definition;
    if (this.#started) throw new Error(`controller ${name} comes too late: the manager has started`);
    if (this.#controllers.some((other) => other.name === name))
      throw new Error(`there are two controllers ${name}: give each a name of its own`);
    const { clock, logger, metrics } = this.#options;
    const observer = metrics?.observer(name);
    const singleNamespace = this.#options.namespaces?.length === 1;
    const parts = { definition, informers: this.#informers, clock, logger, events: this.events, singleNamespace };
    const controller = new Controller({ ...parts, ...(observer && { observer }) });
    metrics?.gauge(controller);
    this.#controllers.push(controller);
  }

  /**
   * Resolves when all caches hold what the cluster held at the start. Without election the controllers work from then
   * on, with one as soon as the lease is won. Rejects when the manager is stopped before that.
   */
  async start(): Promise<void> {
    if (this.#started) throw new Error('a manager starts only once: make a new one');
    this.#started = true;
    const { signal } = this.#life;
    signal.throwIfAborted();
    const informers = this.#informers.all();
    for (const informer of informers) void informer.run(signal);
    await unlessAborted(signal, Promise.all(informers.map(({ synced }) => synced)));
    this.#synced = true;
    const { election } = this.#options;
    if (election) void this.#campaign(new LeaderElection({ ...this.#options, election }));
    else this.#lead({ term: 0, signal, release: () => Promise.resolve() });
  }

  /** Takes up no more work, lets what runs end (for so long as `stopLimit` says), then lets go of everything. */
  stop(): Promise<void> {
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  /** Stops at once, as a crash would: no write is begun any more, nothing is waited for, nothing is given back. */
  kill(): void {
    this.#life.abort(new Error('the manager has stopped'));
  }

  async #leave(): Promise<void> {
    const { clock, stopLimit = 20 * second, logger } = this.#options;
    const { signal } = this.#life;
    if (signal.aborted) return;
    const drained = Promise.all(this.#controllers.map((controller) => controller.stop()));
    await within(clock, stopLimit, signal, () => drained).catch(() =>
      logger.warn({ stopLimit }, 'reconciles still run, leaving without them'),
    );
    await within(clock, flushLimit, signal, () => this.#events.flush()).catch(() => undefined);
    await this.#leadership?.release();
    this.kill();
  }

  #mayWrite(): void {
    this.#life.signal.throwIfAborted();
    if (this.#options.election && !this.leading) throw new NotLeading('this replica does not lead: it writes nothing');
  }

  /** Stands for election, leads, and stands again, until the end. */
  async #campaign(election: LeaderElection): Promise<void> {
    const { signal } = this.#life;
    while (!this.#stopping) {
      const leadership = await election.win(signal);
      if (!leadership) return;
      this.#leadership = leadership;
      if (await this.#catchUp(leadership.signal)) this.#lead(leadership);
      await aborted(leadership.signal);
    }
  }

  /** What another leader wrote last may not have reached the watches yet: nothing is decided before it has been read. */
  async #catchUp(signal: AbortSignal): Promise<boolean> {
    // each by itself: a server that fails now and then would never answer all of them at once
    await Promise.all(this.#informers.all().map((informer) => this.#refresh(informer, signal)));
    return !signal.aborted;
  }

  async #refresh(informer: { refresh(signal: AbortSignal): Promise<void> }, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await informer.refresh(signal);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ error: messageOf(error) }, 'a new leader could not read the newest state, trying again');
        await clock.sleep(backOffDelay(failures, refreshBackOff), signal).catch(() => undefined);
      }
    }
  }

  #lead(leadership: Leadership): void {
    if (this.#stopping || leadership.signal.aborted) return;
    this.#leadership = leadership;
    for (const controller of this.#controllers) controller.start(leadership.term, leadership.signal);
    void this.#resync();
  }

  async #resync(): Promise<void> {
    for (const controller of this.#controllers.toSorted((a, b) => b.priority - a.priority)) await controller.resync();
  }
}

export const createManager = (options: ManagerOptions): Manager => new Manager(options);

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
