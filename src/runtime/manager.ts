import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Clock } from '../support/clock.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type Duration, second } from '../support/time.js';
import type { Cache, IndexFunction } from './cache.js';
import { cachedCluster } from './cached-cluster.js';
import { Controller, type ControllerDefinition } from './controller.js';
import { gatedCluster } from './gated-cluster.js';
import { Informers } from './informers.js';
import type { EventRecorder } from './reconciler.js';

export interface ManagerOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Watch only these namespaces; all when absent. Kinds without a namespace are watched whole. */
  readonly namespaces?: readonly string[];
  /** How long `stop` waits for reconciles that run. Default 20 s. */
  readonly stopLimit?: Duration;
}

/** Runs controllers over one cluster: one cache for all of them, one life. */
export class Manager {
  /** What the informers know: only of kinds that a controller watches or that have an index. */
  readonly cache: Cache;
  /** For controllers: its writes are in `cache` when they resolve, and none begins when this manager may not write. */
  readonly cluster: Cluster;
  readonly events: EventRecorder = { record: () => undefined };
  readonly #options: ManagerOptions;
  readonly #informers: Informers;
  readonly #controllers: Controller[] = [];
  /** Aborted at the very end, or by `kill`. */
  readonly #life = new AbortController();
  /** Aborted when controllers have to stop working. */
  #shift: AbortController | undefined;
  #started = false;

  constructor(options: ManagerOptions) {
    const { cluster, clock, random, logger, namespaces } = options;
    this.#options = options;
    this.#informers = new Informers({ cluster, clock, random, logger, ...(namespaces && { namespaces }) });
    this.cache = this.#informers;
    this.cluster = cachedCluster(
      gatedCluster(cluster, () => this.#life.signal.throwIfAborted()),
      this.#informers,
    );
  }

  /** Files the objects of a kind under what `valuesOf` says, which must depend on the object alone. */
  index<T extends Resource>(kind: Kind<T>, name: string, valuesOf: IndexFunction<T>): void {
    this.#informers.of(kind).addIndex(name, valuesOf);
  }

  /** Before the start. Throws when the name is taken. */
  add(definition: ControllerDefinition): void {
    if (this.#started) throw new Error(`controller ${definition.name} comes too late: the manager has started`);
    if (this.#controllers.some(({ name }) => name === definition.name))
      throw new Error(`there are two controllers ${definition.name}: give each a name of its own`);
    const { clock, logger } = this.#options;
    this.#controllers.push(
      new Controller({ definition, informers: this.#informers, clock, logger, events: this.events }),
    );
  }

  /** Resolves when all caches hold what the cluster held at the start. Rejects when it is stopped before that. */
  async start(): Promise<void> {
    if (this.#started) throw new Error('a manager starts only once: make a new one');
    this.#started = true;
    const { signal } = this.#life;
    const informers = this.#informers.all();
    for (const informer of informers) void informer.run(signal);
    await unlessAborted(signal, Promise.all(informers.map(({ synced }) => synced)));
    this.#lead(0);
  }

  /** Takes up no more work, lets what runs end (for so long as `stopLimit` says), then lets go of everything. */
  async stop(): Promise<void> {
    const { clock, stopLimit = 20 * second, logger } = this.#options;
    if (this.#life.signal.aborted) return;
    const idle = Promise.all(this.#controllers.map((controller) => controller.stop())).then(() => true);
    const patience = new AbortController();
    const late = clock.sleep(stopLimit, patience.signal).then(
      () => false,
      () => false,
    );
    if (!(await Promise.race([idle, late]))) logger.warn({ stopLimit }, 'reconciles still run, leaving without them');
    patience.abort();
    this.kill();
  }

  /** Stops at once, as a crash would: no write is begun any more, nothing is waited for, nothing is given back. */
  kill(): void {
    this.#shift?.abort(new Error('the manager has stopped'));
    this.#life.abort(new Error('the manager has stopped'));
  }

  #lead(term: number): void {
    const shift = new AbortController();
    this.#shift = shift;
    for (const controller of this.#controllers) controller.start(term, shift.signal);
  }
}

export const createManager = (options: ManagerOptions): Manager => new Manager(options);

async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
