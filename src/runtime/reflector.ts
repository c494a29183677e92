import type { Kind } from '../api/meta/kind.js';
import type { Resource } from '../api/meta/resource.js';
import type { Cluster, Page, Query } from '../cluster/cluster.js';
import { ApiError, Expired, Forbidden, TooManyRequests, Unreachable } from '../cluster/errors.js';
import type { Clock } from '../support/clock.js';
import { messageOf } from '../support/errors.js';
import type { Logger } from '../support/log.js';
import type { Random } from '../support/random.js';
import { type Duration, second } from '../support/time.js';
import { backOffDelay, jittered } from './back-off.js';
import type { Replica } from './replica.js';

/** Items per page of a list. A pod is some 12 KB: pages of 500 leave a heap twice as large behind, and are not read sooner. */
const pageSize = 100;
const backOff = { base: 200, max: 10 * second };
/** After so many watches in a row that failed without news, it is tried with a new list. */
const relistAfter = 5;

export interface ReflectorOptions<T extends Resource> {
  readonly cluster: Cluster;
  readonly kind: Kind<T>;
  readonly query: Query;
  readonly replica: Replica<T>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Hears that the list is not allowed. */
  readonly onForbidden: () => void;
}

/**
 * Keeps a replica up with the server: lists, then watches from the last mark, again and again. Expired lists anew, any
 * other error waits and tries again; it ends only by its signal.
 */
export class Reflector<T extends Resource> {
  readonly #options: ReflectorOptions<T>;
  #failures = 0;
  #mustList = true;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** Resolves when the signal is aborted. `onSynced` is called after every list, also the later ones. */
  async run(signal: AbortSignal, onSynced: () => void): Promise<void> {
    while (!signal.aborted) {
      const delay = await this.#round(signal, onSynced);
      if (delay > 0 && !signal.aborted) await this.#options.clock.sleep(delay, signal).catch(() => undefined);
    }
  }

  /** A consistent list, merged into the replica. Throws what the server answers. */
  async list(signal: AbortSignal): Promise<void> {
    try {
      await this.#merge({ limit: pageSize }, signal);
    } catch (error) {
      // its pages expired before the last was read: once more, in one piece
      if (!(error instanceof Expired)) throw error;
      await this.#merge({}, signal);
    }
  }

  async #merge(limit: { readonly limit?: number }, signal: AbortSignal): Promise<void> {
    const { cluster, kind, query, replica } = this.#options;
    const listing = replica.list();
    let page: Page<T> | undefined;
    do {
      const from = page?.continue === undefined ? {} : { continue: page.continue };
      page = await cluster.list(kind, { ...query, ...limit, ...from }, { signal });
      signal.throwIfAborted();
      listing.add(page);
    } while (page.continue !== undefined && page.continue !== '');
    listing.finish();
  }

  /** One list (where needed) and one watch. Returns how long to wait before the next. */
  async #round(signal: AbortSignal, onSynced: () => void): Promise<Duration> {
    try {
      if (this.#mustList) {
        await this.list(signal);
        this.#mustList = false;
        onSynced();
      }
      const worked = await this.#watch(signal);
      // a watch that ends at once, without news, again and again, must not become a busy loop
      if (worked || signal.aborted) return 0;
      this.#doubtMark();
      return this.#fail('the watch ended at once');
    } catch (error) {
      return signal.aborted ? 0 : this.#recover(error);
    }
  }

  /** Follows one watch to its end. Returns whether it was of use: brought news, or stood for a while. */
  async #watch(signal: AbortSignal): Promise<boolean> {
    const { cluster, kind, query, replica, clock } = this.#options;
    const since = replica.mark;
    if (since === undefined) return false;
    const start = clock.now();
    const works = () => replica.mark !== since || clock.now() - start >= second;
    try {
      for await (const event of cluster.watch(kind, { ...query, since }, { signal })) {
        if (signal.aborted) break;
        replica.apply(event);
      }
      return works();
    } finally {
      if (works()) this.#failures = 0;
    }
  }

  #recover(error: unknown): Duration {
    if (error instanceof Forbidden && this.#mustList) this.#options.onForbidden();
    if (error instanceof Expired) this.#mustList = true;
    else if (!(error instanceof Unreachable || error instanceof TooManyRequests)) this.#doubtMark();
    const delay = this.#fail(messageOf(error));
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
    return Math.max(delay, asked);
  }

  /** A server that answers, but refuses the watch again and again, may not know our mark (it was restored from a copy). */
  #doubtMark(): void {
    if ((this.#failures + 1) % relistAfter === 0) this.#mustList = true;
  }

  #fail(reason: string): Duration {
    const { log, random } = this.#options;
    this.#failures++;
    const delay = jittered(backOffDelay(this.#failures, backOff), random);
    log.warn(
      { reason, failures: this.#failures, delay: Math.round(delay) },
      'lost touch with the server, trying again',
    );
    return delay;
  }
}
