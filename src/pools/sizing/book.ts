import { ContainerPool } from '../../api/container-pool.js';
import { ConfigMap } from '../../api/kubernetes.js';
import { controllerReference } from '../../api/meta/kind.js';
import type { Ref } from '../../api/meta/resource.js';
import type { Cluster } from '../../cluster/cluster.js';
import { AlreadyExists, Conflict, isObjectFailure, NotFound } from '../../cluster/errors.js';
import { mergePatch } from '../../cluster/patch.js';
import type { Context } from '../../runtime/index.js';
import { messageOf } from '../../support/errors.js';
import { type Duration, type Instant, minute } from '../../support/time.js';
import { DemandHistory, slot, slotOf } from './history.js';
import { bounds, encodeDays, outdated, type RecordData, readRecord } from './record.js';

/** So often demand is written down at most. A crash loses what was asked for since, unless its claims still exist. */
const savePause: Duration = 10 * minute;
/** Claims are heard of a little after their creation; what is younger than this is written the next time. */
const settling: Duration = minute;

/** What is written down, as the server has it. */
interface Saved {
  readonly resourceVersion: string;
  readonly data: RecordData;
}

/**
 * The demand of one pool: counted here, and kept in a ConfigMap that the pool owns. Not in the pool's status, which goes
 * to every watcher with each change of a count; a history of four weeks is many times its size.
 */
export class DemandBook {
  /** Claims that were counted and are not written down yet: when they were created. */
  readonly #counted = new Map<string, Instant>();
  /** What came before this slot is written down. */
  #until: number;
  #savedAt: Instant = -Infinity;
  #saved: Saved | undefined;

  private constructor(
    readonly history: DemandHistory,
    until: number,
    saved: Saved | undefined,
  ) {
    this.#until = until;
    this.#saved = saved;
  }

  /** Reads what was written down, or begins anew. */
  static async open(cluster: Cluster, pool: ContainerPool, now: Instant, context: Context): Promise<DemandBook> {
    const found = await cluster.get(ConfigMap, recordOf(pool), { signal: context.signal }).catch((error: unknown) => {
      if (!(error instanceof NotFound)) complain(error, pool, context);
      return undefined;
    });
    const saved = found && { resourceVersion: found.metadata.resourceVersion, data: found.data ?? {} };
    const recorded = saved && readRecord(saved.data);
    return recorded
      ? new DemandBook(recorded.history, recorded.until, saved)
      : new DemandBook(new DemandHistory(now), slotOf(now), saved);
  }

  /** Whether the claim is new: created since the last that is written down, and not counted yet. */
  count(uid: string, createdAt: Instant, containers: number): boolean {
    if (slotOf(createdAt) < this.#until || this.#counted.has(uid)) return false;
    this.#counted.set(uid, createdAt);
    this.history.add(createdAt, containers);
    return true;
  }

  /**
   * Writes down what has been asked for since the last time, when that is long enough ago; nothing where nothing was. False
   * when somebody else has written meanwhile: then this book is to be opened anew.
   */
  async save(cluster: Cluster, pool: ContainerPool, now: Instant, context: Context): Promise<boolean> {
    if (now < this.#savedAt + savePause) return true;
    const until = Math.max(this.#until, slotOf(now - settling));
    const days = encodeDays(this.history, this.#until, until);
    const changed = Object.entries(days).some(([key, text]) => this.#saved?.data[key] !== text);
    if (this.#saved && !changed) return true;
    const data = { ...days, ...bounds(this.history, until) };
    try {
      this.#saved = await (this.#saved
        ? this.#update(cluster, pool, this.#saved, data, context)
        : this.#create(cluster, pool, data, context));
    } catch (error) {
      if (error instanceof Conflict || error instanceof NotFound || error instanceof AlreadyExists) return false;
      complain(error, pool, context);
      this.#savedAt = now;
      return true;
    }
    this.#savedAt = now;
    this.#until = until;
    for (const [uid, createdAt] of this.#counted) if (createdAt < until * slot) this.#counted.delete(uid);
    return true;
  }

  async #create(cluster: Cluster, pool: ContainerPool, data: RecordData, { signal }: Context): Promise<Saved> {
    const metadata = { ...recordOf(pool), ownerReferences: [controllerReference(ContainerPool, pool)] };
    const created = await cluster.create(ConfigMap, { metadata, data }, { flow: 'control', signal });
    return { resourceVersion: created.metadata.resourceVersion, data };
  }

  async #update(
    cluster: Cluster,
    pool: ContainerPool,
    { resourceVersion, data: before }: Saved,
    data: RecordData,
    { signal }: Context,
  ): Promise<Saved> {
    const old = Object.fromEntries(outdated(before, Number(data['until'])).map((key) => [key, null]));
    const patch = mergePatch({ metadata: { resourceVersion }, data: { ...old, ...data } });
    const written = await cluster.patch(ConfigMap, recordOf(pool), patch, { flow: 'control', signal });
    return { resourceVersion: written.metadata.resourceVersion, data: written.data ?? {} };
  }
}

/** With a part of the pool's uid: a pool that is made anew under its name begins anew. */
const recordOf = ({ metadata: { namespace = '', name, uid } }: ContainerPool): Ref => ({
  namespace,
  name: `${name}-demand-${uid.slice(0, 8)}`,
});

/** A pool is stocked all the same where its demand cannot be kept; after a restart it begins anew. */
function complain(error: unknown, pool: ContainerPool, { events }: Context): void {
  if (!isObjectFailure(error)) throw error;
  events.record(pool, 'Warning', 'DemandNotKept', `demand is counted but not kept over a restart: ${messageOf(error)}`);
}
