import { ContainerClaim } from '../../api/container-claim.js';
import type { Cluster } from '../../cluster/cluster.js';
import { isTrue } from '../../runtime/index.js';
import type { Clock } from '../../support/clock.js';
import type { Instant } from '../../support/time.js';
import { watchObjects } from './watch-objects.js';

/** A claim as its user sees it. */
export interface Delivery {
  readonly claim: string;
  readonly created: Instant;
  /** When a watch said that all its containers are ready; absent: not yet, or never. */
  readonly ready?: Instant;
  /** When it was deleted; absent: it is there. */
  readonly deleted?: Instant;
  readonly containers: number;
}

/** Learns from a watch, as any client would, when claims come and when they are ready. */
export class DeliveryObserver {
  readonly #deliveries = new Map<string, Delivery>();

  constructor(
    private readonly cluster: Cluster,
    private readonly clock: Clock,
    /** Only of this one; absent: of all. */
    private readonly namespace?: string,
  ) {}

  /** In the order in which they came. */
  get deliveries(): readonly Delivery[] {
    return [...this.#deliveries.values()];
  }

  /** Watches until the signal is aborted. @throws what the cluster answers */
  follow(signal: AbortSignal): Promise<void> {
    const query = this.namespace === undefined ? {} : { namespace: this.namespace };
    return watchObjects(this.cluster, ContainerClaim, query, signal, ({ type, object }) =>
      this.#see(object, type === 'DELETED'),
    );
  }

  /** Those that are neither ready nor gone. */
  get waiting(): number {
    return this.deliveries.filter(({ ready, deleted }) => ready === undefined && deleted === undefined).length;
  }

  #see({ metadata: { namespace, name, uid }, spec, status }: ContainerClaim, isDeleted: boolean): void {
    const now = this.clock.now();
    const known = this.#deliveries.get(uid) ?? {
      claim: `${namespace}/${name}`,
      created: now,
      containers: spec.items.reduce((sum, { count }) => sum + count, 0),
    };
    const isReady = known.ready === undefined && isTrue(status?.conditions, 'Ready');
    this.#deliveries.set(uid, { ...known, ...(isReady && { ready: now }), ...(isDeleted && { deleted: now }) });
  }
}
