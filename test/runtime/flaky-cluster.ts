import type { CallOptions, Cluster, ListQuery, WatchEvent, WatchQuery } from '../../src/cluster/cluster.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import { Expired, ServiceUnavailable, Unreachable } from '../../src/cluster/errors.js';
import type { Clock } from '../../src/support/clock.js';
import type { Random } from '../../src/support/random.js';
import type { Duration } from '../../src/support/time.js';

/** What goes wrong between a program and its server; change it at any time. */
export interface Faults {
  /** The chance that a call fails before it reaches the server. */
  refused: number;
  /** The chance that a call is carried out but its answer is lost. */
  lost: number;
  /** Calls take up to this, before and after the server acts. */
  delay: Duration;
  /** Events of a watch take up to this, each. */
  watchDelay: Duration;
  /** While set, open watches show nothing, and end when it is unset: what they missed is to be fetched again. */
  stalled: boolean;
  /** Nothing gets through, and nothing comes back. */
  cut: boolean;
}

export const noFaults: Faults = { refused: 0, lost: 0, delay: 0, watchDelay: 0, stalled: false, cut: false };

/** A way to a cluster on which calls fail, answers are lost or come late, and watches stall. */
export class FlakyCluster implements Cluster {
  readonly faults: Faults = { ...noFaults };
  /** Writes that the server has carried out through this way. */
  writes = 0;
  /** Lists that were asked for, page by page. */
  lists = 0;
  /** Watches that ended because the server has forgotten their mark. */
  expired = 0;

  constructor(
    private readonly inner: Cluster,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  get: Cluster['get'] = (kind, ref, options) => this.#call(options, () => this.inner.get(kind, ref, options));

  list: Cluster['list'] = <T extends Resource>(kind: Kind<T>, query?: ListQuery, options?: CallOptions) => {
    this.lists++;
    return this.#call(options, () => this.inner.list(kind, query, options));
  };

  create: Cluster['create'] = (kind, object, options) =>
    this.#write(options, () => this.inner.create(kind, object, options));

  replace: Cluster['replace'] = (kind, object, options) =>
    this.#write(options, () => this.inner.replace(kind, object, options));

  patch: Cluster['patch'] = (kind, ref, patch, options) =>
    this.#write(options, () => this.inner.patch(kind, ref, patch, options));

  remove: Cluster['remove'] = (kind, ref, options) => this.#write(options, () => this.inner.remove(kind, ref, options));

  async *watch<T extends Resource>(
    kind: Kind<T>,
    query: WatchQuery,
    options?: CallOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    try {
      yield* this.#follow(kind, query, options);
    } catch (error) {
      if (error instanceof Expired) this.expired++;
      throw error;
    }
  }

  async *#follow<T extends Resource>(
    kind: Kind<T>,
    query: WatchQuery,
    options?: CallOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    if (this.faults.cut || this.random.uniform() < this.faults.refused) throw new Unreachable('no connection');
    for await (const event of this.inner.watch(kind, query, options)) {
      if (this.faults.stalled || this.faults.cut) {
        while (this.faults.stalled || this.faults.cut) await this.clock.sleep(1, options?.signal);
        return;
      }
      await this.#pause(this.faults.watchDelay, options);
      if (this.random.uniform() < this.faults.refused / 4) throw new Unreachable('the connection broke');
      yield event;
    }
  }

  async #write<R>(options: CallOptions | undefined, act: () => Promise<R>): Promise<R> {
    return this.#call(options, async () => {
      const answer = await act();
      this.writes++;
      return answer;
    });
  }

  async #call<R>(options: CallOptions | undefined, act: () => Promise<R>): Promise<R> {
    options?.signal?.throwIfAborted();
    await this.#pause(this.faults.delay, options);
    if (this.faults.cut) throw new Unreachable('no connection');
    if (this.random.uniform() < this.faults.refused) throw new ServiceUnavailable('try again');
    const answer = await act();
    await this.#pause(this.faults.delay, options);
    if (this.faults.cut || this.random.uniform() < this.faults.lost) throw new Unreachable('the answer was lost');
    return answer;
  }

  async #pause(longest: Duration, options: CallOptions | undefined): Promise<void> {
    if (longest > 0) await this.clock.sleep(this.random.uniform() * longest, options?.signal);
  }
}
