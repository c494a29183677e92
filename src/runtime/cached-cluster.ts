import type { Kind } from '../api/meta/kind.js';
import { keyOf, type Ref, type Resource } from '../api/meta/resource.js';
import type { Cluster } from '../cluster/cluster.js';
import { NotFound } from '../cluster/errors.js';
import type { Informers } from './informers.js';

/**
 * The same cluster, except that the answers to writes, and to reads of one object, are in the informers' caches by the
 * time that the promise resolves: a controller reads its own writes, and what it has read live it does not unlearn.
 * Kinds that nobody watches, and those below others, are passed through.
 */
export function cachedCluster(cluster: Cluster, informers: Informers): Cluster {
  const remember = <T extends Resource>(kind: Kind<T>, object: T, dryRun: boolean | undefined): T => {
    if (dryRun !== true) informers.find(kind)?.remember(object);
    return object;
  };
  /** NotFound: what the name meant when the call began is gone. */
  const orUnlearn = async <T extends Resource>(kind: Kind<T>, ref: Ref, call: () => Promise<T>): Promise<T> => {
    const informer = informers.find(kind);
    const uid = informer?.get(keyOf(ref))?.metadata.uid;
    try {
      return await call();
    } catch (error) {
      if (error instanceof NotFound && uid !== undefined) informer?.forget(keyOf(ref), uid);
      throw error;
    }
  };
  return {
    get: async (kind, ref, options) =>
      remember(kind, await orUnlearn(kind, ref, () => cluster.get(kind, ref, options)), false),
    list: (kind, query, options) => cluster.list(kind, query, options),
    watch: (kind, query, options) => cluster.watch(kind, query, options),
    create: async (kind, object, options) =>
      remember(kind, await cluster.create(kind, object, options), options?.dryRun),
    replace: async (kind, object, options) =>
      remember(kind, await cluster.replace(kind, object, options), options?.dryRun),
    patch: async (kind, ref, patch, options) => {
      const call = () => cluster.patch(kind, ref, patch, options);
      // a server that does not know the other subresources says NotFound of objects that are there
      const tells = options?.subresource === undefined || options.subresource === 'status';
      return remember(kind, await (tells ? orUnlearn(kind, ref, call) : call()), options?.dryRun);
    },
    remove: async (kind, ref, options) => {
      const informer = informers.find(kind);
      const key = keyOf(ref);
      // which object the name meant when the call began: by its end it may mean the next one
      const uid = options?.preconditions?.uid ?? informer?.get(key)?.metadata.uid;
      const answer = await cluster.remove(kind, ref, options);
      if (answer) informer?.remember(answer);
      else if (uid !== undefined) informer?.forget(key, uid);
      return answer;
    },
  };
}
