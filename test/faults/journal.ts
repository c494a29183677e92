import { Eviction, Lease, Pod } from '../../src/api/kubernetes.js';
import type { Ref } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import type { Clock } from '../../src/support/clock.js';
import { messageOf } from '../../src/support/errors.js';
import type { Instant } from '../../src/support/time.js';

/** A write that has reached the server, and what it said. */
export interface Entry {
  readonly at: Instant;
  readonly actor: string;
  readonly verb: 'create' | 'replace' | 'patch' | 'remove';
  readonly kind: string;
  readonly name: string;
  readonly detail: unknown;
  /** The object's resourceVersion after it. */
  readonly version: string | undefined;
  readonly error: string | undefined;
}

/** What the operator's replicas write, as it reaches the server. */
export class Journal {
  readonly entries: Entry[] = [];
  /** By uid: who deleted the pod, where it was a replica. */
  readonly removers = new Map<string, string>();
  /** By actor: the terms that it has ever written into a Lease. */
  readonly terms = new Map<string, Set<number>>();
  lastWrite: Instant = 0;

  constructor(private readonly clock: Clock) {}

  /** The cluster as `actor` reaches it, with every write on record. */
  record(cluster: Cluster, actor: string): Cluster {
    const noted = async <T>(entry: Pick<Entry, 'verb' | 'kind' | 'name' | 'detail'>, call: Promise<T>): Promise<T> => {
      const at = this.clock.now();
      const note = (version: string | undefined, error: string | undefined) => {
        if (entry.kind === Lease.name) return this.#lead(actor, entry.detail);
        this.entries.push({ at, actor, ...entry, version, error });
      };
      if (entry.kind !== Lease.name) this.lastWrite = at;
      try {
        const answer = await call;
        note((answer as { metadata?: { resourceVersion?: string } } | undefined)?.metadata?.resourceVersion, undefined);
        return answer;
      } catch (error) {
        note(undefined, messageOf(error));
        throw error;
      }
    };
    const removing = async <T>(ref: Ref, by: string, remove: () => Promise<T>): Promise<T> => {
      // both calls act at once, one after the other: this is the pod that the removal finds
      const [found, removal] = [cluster.get(Pod, ref), remove()];
      const pod = await found.catch(() => undefined);
      const answer = await removal;
      if (pod && pod.metadata.deletionTimestamp === undefined && !this.removers.has(pod.metadata.uid))
        this.removers.set(pod.metadata.uid, by);
      return answer;
    };
    return {
      get: (kind, ref, options) => cluster.get(kind, ref, options),
      list: (kind, query, options) => cluster.list(kind, query, options),
      watch: (kind, query, options) => cluster.watch(kind, query, options),
      create: async (kind, object, options) => {
        if (kind.name === Eviction.name) {
          const { name = '', namespace = '' } = object.metadata;
          const entry = { verb: 'create', kind: kind.name, name, detail: object } as const;
          return removing({ namespace, name }, actor, () => noted(entry, cluster.create(kind, object, options)));
        }
        const name = object.metadata.name ?? `${object.metadata.generateName}*`;
        return noted({ verb: 'create', kind: kind.name, name, detail: object }, cluster.create(kind, object, options));
      },
      replace: (kind, object, options) => {
        const { name } = object.metadata;
        return noted(
          { verb: 'replace', kind: kind.name, name, detail: object },
          cluster.replace(kind, object, options),
        );
      },
      patch: (kind, ref, patch, options) => {
        const entry = { verb: 'patch', kind: kind.name, name: ref.name, detail: patch } as const;
        return noted(entry, cluster.patch(kind, ref, patch, options));
      },
      remove: async (kind, ref, options) => {
        const entry = { verb: 'remove', kind: kind.name, name: ref.name, detail: options } as const;
        if (kind.name !== Pod.name) return noted(entry, cluster.remove(kind, ref, options));
        return removing(ref, actor, () => noted(entry, cluster.remove(kind, ref, options)));
      },
    };
  }

  #lead(actor: string, lease: unknown): void {
    const term = (lease as Lease).spec?.leaseTransitions;
    if (term === undefined) return;
    this.terms.set(actor, (this.terms.get(actor) ?? new Set()).add(term));
  }
}
