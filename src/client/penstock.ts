import { ContainerClaim } from '../api/container-claim.js';
import { stockWanted } from '../api/container-pool.js';
import type { Cluster } from '../cluster/cluster.js';
import type { Where } from '../cluster/kubernetes/index.js';
import type { Clock } from '../support/clock.js';
import { Access } from './access.js';
import { type CallOptions, Claim } from './claim.js';
import { ensureClaim } from './ensure.js';
import { PenstockError } from './errors.js';
import { requireClaim, requirePool } from './lookup.js';
import { releaseClaim } from './release.js';
import { type ClaimRequest, draftOf, type NamedDraft } from './request.js';

/** How many containers a pool has, by where they stand. */
export interface PoolCounts {
  readonly name: string;
  /** What it keeps ready. */
  readonly desired: number;
  /** What can be delivered now. */
  readonly ready: number;
  readonly starting: number;
  /** What claims hold. */
  readonly delivered: number;
}

/** A way to a cluster. */
export interface Place {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly namespace: string;
  readonly where: Where;
  readonly close: () => void;
}

/** A cluster with Penstock, seen from one of its namespaces. */
export class Penstock {
  /** Where claims are made and pools are found. */
  readonly namespace: string;
  /** The address of the API server. */
  readonly server: string;
  readonly #place: Place;
  readonly #access: Access;

  constructor(place: Place) {
    this.#place = place;
    this.#access = new Access(place, place.where);
    this.namespace = place.namespace;
    this.server = place.where.server;
  }

  /**
   * Asks a pool for containers. The claim then exists, whether its containers do is what `waitUntilReady` tells.
   *
   * With a name it may be repeated, also by another process: the claim that is there is returned when it asks for the same,
   * whatever has become of it. A lost answer is asked for again, with and without a name; nothing is claimed twice.
   *
   * The request is not cut short by an abort. Without a name, the claim is then taken back before the call rejects; with
   * one it may be there, and its name finds it. Throws PenstockError INVALID, POOL_NOT_FOUND, CLAIM_NOT_ALLOWED (nothing was
   * sent), IMMUTABLE, CLAIM_EXISTS.
   */
  async claim(request: ClaimRequest, { signal }: CallOptions = {}): Promise<Claim> {
    return this.#access.call(signal, async (parts) => {
      const draft = draftOf(request, this.namespace, request.name ?? (await nameFor(request)));
      const claim = await ensureClaim(parts, draft).catch(async (error: unknown) => {
        if (signal?.aborted && request.name === undefined) await this.#takeBack(draft);
        throw error;
      });
      if (signal?.aborted && request.name === undefined) await this.#takeBack(draft);
      signal?.throwIfAborted();
      return new Claim(this.#access, claim);
    });
  }

  /** The claim of this name. Throws PenstockError CLAIM_NOT_FOUND. */
  async attach(name: string, { signal }: CallOptions = {}): Promise<Claim> {
    return this.#access.call(
      signal,
      async (parts) => new Claim(this.#access, await requireClaim(parts, { namespace: this.namespace, name })),
    );
  }

  /** All claims of the namespace; with `labels` (`app=ci,branch in (main,next)`) those that carry them. */
  async claims({ signal, labels }: CallOptions & { readonly labels?: string } = {}): Promise<readonly Claim[]> {
    return this.#access.call(signal, async ({ cluster }) => {
      const query = { namespace: this.namespace, ...(labels !== undefined && { labels }) };
      const { items } = await cluster.list(ContainerClaim, query, signal ? { signal } : {});
      return items.map((claim) => new Claim(this.#access, claim));
    });
  }

  /** How a pool is stocked, as its operator has last said. Throws PenstockError POOL_NOT_FOUND. */
  async pool(name: string, { signal }: CallOptions = {}): Promise<PoolCounts> {
    return this.#access.call(signal, async (parts) => {
      const pool = await requirePool(parts, { namespace: this.namespace, name });
      const { ready = 0, starting = 0, delivered = 0 } = pool.status ?? {};
      return { name, desired: stockWanted(pool), ready, starting, delivered };
    });
  }

  /** The same cluster, seen from another namespace. Closing either closes both. */
  inNamespace(namespace: string): Penstock {
    return new Penstock({ ...this.#place, namespace });
  }

  /** Closes the connections; calls that run fail. Claims stay. */
  close(): void {
    this.#place.close();
  }

  /** `using penstock = …` closes it at the end of the block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Of a request that was aborted and whose name nobody knows. */
  async #takeBack({ metadata: { name } }: NamedDraft): Promise<void> {
    const { cluster, clock, namespace } = this.#place;
    await releaseClaim({ cluster, clock }, { namespace, name }).catch((cause: unknown) => {
      const message = `the request was aborted, and claim ${name} may have been made`;
      throw new PenstockError('CLAIM_LEFT_BEHIND', message, 'release it when the server answers again', { cause });
    });
  }
}

async function nameFor({ pool }: ClaimRequest): Promise<string> {
  const { uniqueSuffix } = await import('../support/unique.js');
  return `${typeof pool === 'string' ? pool : 'claim'}-${uniqueSuffix()}`;
}
