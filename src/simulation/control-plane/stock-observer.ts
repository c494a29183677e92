import { Pod } from '../../api/kubernetes.js';
import { annotations, labels, origins } from '../../api/names.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isDelivered, isReady, isStocked } from '../../line/index.js';
import type { Clock } from '../../support/clock.js';
import { hour, type Instant } from '../../support/time.js';
import { type Change, watchObjects } from './watch-objects.js';

/** Of a pool's stock, how much of it stood idle, and of what was delivered, how much came from it. */
export class StockObserver {
  readonly #ready = new Set<string>();
  readonly #delivered = new Map<string, string>();
  #since: Instant;
  #idle = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    /** Only of this one; absent: of all. */
    private readonly namespace?: string,
  ) {
    this.#since = clock.now();
  }

  /** Begins to count anew, with what is in stock now. */
  reset(): void {
    this.#idle = 0;
    this.#since = this.clock.now();
    this.#delivered.clear();
  }

  /** Container-hours of containers that were ready in stock. */
  get idleHours(): number {
    return (this.#idle + this.#ready.size * (this.clock.now() - this.#since)) / hour;
  }

  /** How many are ready in stock now. */
  get ready(): number {
    return this.#ready.size;
  }

  get delivered(): number {
    return this.#delivered.size;
  }

  /** Of the delivered ones, those that were in stock when their claim came. */
  get hits(): number {
    return [...this.#delivered.values()].filter((origin) => origin === origins.stock).length;
  }

  /** Watches until the signal is aborted. @throws what the cluster answers */
  follow(signal: AbortSignal): Promise<void> {
    const query = { labels: labels.pool, ...(this.namespace !== undefined && { namespace: this.namespace }) };
    return watchObjects(this.cluster, Pod, query, signal, (change) => this.#see(change));
  }

  #see({ type, object }: Change<Pod>): void {
    const { uid, annotations: marks = {} } = object.metadata;
    const now = this.clock.now();
    this.#idle += this.#ready.size * (now - this.#since);
    this.#since = now;
    const isIdle = type !== 'DELETED' && isStocked(object) && isReady(object) && !isDelivered(object);
    if (isIdle) this.#ready.add(uid);
    else this.#ready.delete(uid);
    if (isDelivered(object) && !this.#delivered.has(uid)) this.#delivered.set(uid, marks[annotations.origin] ?? '');
  }
}
