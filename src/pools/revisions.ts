import { ContainerPool, type TemplatedPool } from '../api/container-pool.js';
import { controllerOf, controllerReference } from '../api/meta/kind.js';
import { type Key, keyOf, nameOf, type Ref } from '../api/meta/resource.js';
import { labels } from '../api/names.js';
import { PoolRevision } from '../api/pool-revision.js';
import type { Cluster } from '../cluster/cluster.js';
import { AlreadyExists, Conflict, isObjectFailure, NotFound } from '../cluster/errors.js';
import { templateFingerprint } from '../line/index.js';
import type { Context } from '../runtime/index.js';
import { messageOf } from '../support/errors.js';

/** A pool has one revision, and two for a moment: more would be somebody else's. */
const page = 10;

interface Entry {
  readonly term: number;
  readonly uid: string;
  /** The newest first; `undefined` where the server refuses to read or to write them. */
  readonly read: readonly PoolRevision[] | undefined;
}

/**
 * The last template of each pool from which a container got ready, for pools that roll back: a ControllerRevision that the pool
 * owns, as a StatefulSet's. It is written when a template is proven, before the one before it is removed, so that a crash
 * in between leaves one too many and never one too few.
 */
export class Revisions {
  readonly #entries = new Map<Key, Entry>();

  constructor(private readonly cluster: Cluster) {}

  /** The pool as it was when its containers last got ready; `undefined` where that is not known. */
  async lastGood(pool: TemplatedPool, context: Context): Promise<TemplatedPool | undefined> {
    const newest = (await this.#read(pool, context))?.[0];
    if (!newest?.data) return undefined;
    const good = { ...pool, spec: { ...pool.spec, ...newest.data } };
    // made by another version of the operator: containers of today would not be those that got ready
    return newest.metadata.name === refOf(good).name ? good : undefined;
  }

  /** Writes down that the pool's template is proven, once. */
  async keep(pool: TemplatedPool, context: Context): Promise<void> {
    const known = await this.#read(pool, context);
    if (!known) return;
    const { name } = refOf(pool);
    const [newest] = known;
    const others = known.filter(({ metadata }) => metadata.name !== name);
    if (newest?.metadata.name === name && others.length === 0) return;
    this.forget(nameOf(pool));
    try {
      if (newest?.metadata.name !== name) await this.#create(pool, 1 + (newest?.revision ?? 0), context);
      for (const { metadata } of others) await this.#remove(metadata, context);
    } catch (error) {
      this.#refuse(error, pool, context);
    }
  }

  /** The pool is gone, or does not roll back. */
  forget(pool: Ref): void {
    this.#entries.delete(keyOf(pool));
  }

  /** The newest first. Read once per pool and term: only a leader writes them. */
  async #read(pool: TemplatedPool, context: Context): Promise<readonly PoolRevision[] | undefined> {
    const key = keyOf(nameOf(pool));
    const { uid, namespace = '', name } = pool.metadata;
    const known = this.#entries.get(key);
    if (known?.term === context.term && known.uid === uid) return known.read;
    const query = { namespace, labels: `${labels.pool}=${name}`, limit: page };
    try {
      const { items } = await this.cluster.list(PoolRevision, query, { signal: context.signal });
      const read = items.filter((one) => controllerOf(one)?.uid === uid).sort((a, b) => b.revision - a.revision);
      this.#entries.set(key, { term: context.term, uid, read });
      return read;
    } catch (error) {
      this.#refuse(error, pool, context);
      return undefined;
    }
  }

  /** A pool is stocked all the same where its template cannot be kept; it cannot be rolled back then. */
  #refuse(error: unknown, pool: TemplatedPool, { term, events }: Context): void {
    if (!isObjectFailure(error)) throw error;
    this.#entries.set(keyOf(nameOf(pool)), { term, uid: pool.metadata.uid, read: undefined });
    events.record(
      pool,
      'Warning',
      'RevisionNotKept',
      `a renewal of this pool cannot be rolled back: ${messageOf(error)}`,
    );
  }

  async #create(pool: TemplatedPool, revision: number, { signal }: Context): Promise<void> {
    const { template, configuration, latch } = pool.spec;
    const metadata = {
      ...refOf(pool),
      labels: { [labels.pool]: pool.metadata.name },
      ownerReferences: [controllerReference(ContainerPool, pool)],
    };
    const data = { template, configuration, latch };
    await this.cluster
      .create(PoolRevision, { metadata, revision, data }, { flow: 'control', signal })
      .catch((error: unknown) => {
        // written, and the answer was lost; or an older one of a template that works again: then the next in line is removed
        if (!(error instanceof AlreadyExists)) throw error;
      });
  }

  async #remove({ namespace = '', name, uid }: PoolRevision['metadata'], { signal }: Context): Promise<void> {
    const options = { preconditions: { uid }, flow: 'control', signal } as const;
    await this.cluster.remove(PoolRevision, { namespace, name }, options).catch((error: unknown) => {
      // a server that has just removed it may say Conflict: it compares the uid with that of nothing
      if (!(error instanceof NotFound || error instanceof Conflict)) throw error;
    });
  }
}

/** With a part of the pool's uid: a pool that is made anew under its name begins anew. */
const refOf = (pool: TemplatedPool): Ref => ({
  namespace: pool.metadata.namespace ?? '',
  name: `${pool.metadata.name}-${templateFingerprint(pool)}-${pool.metadata.uid.slice(0, 8)}`,
});
