import { canonicalJson } from '../../src/support/digest.js';
import { ApiError } from '../../src/cluster/errors.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import { Pod } from '../../src/api/kubernetes.js';
import type { Cluster, WatchEvent, WatchQuery } from '../../src/cluster/cluster.js';

/** What a case may use: one of the two clusters, and a namespace that is its alone. */
export interface World {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** A mark that is too old to watch from. */
  oldMark(): Promise<string>;
  /** Whether it says which owner of an object is wrong, as API servers do since 1.37. */
  readonly placesOwners: boolean;
  /** Whether it refuses a resize to more than the node has at all; older ones leave that to the kubelet. */
  readonly boundsResizes: boolean;
}

/** One rule of the Kubernetes API, stated so that it can be checked on any Cluster: `run` throws when it does not hold. */
export interface Case {
  readonly name: string;
  /** Needs the controllers of a cluster: garbage collection, namespaces. */
  readonly controllers?: true;
  run(world: World): Promise<void>;
}

/** A pod as simple as the server takes it. Its namespace is the case's. */
export function podDraft({ namespace }: World, changes: Partial<Draft<Pod>> = {}): Draft<Pod> {
  return {
    ...changes,
    metadata: { name: 'p', namespace, labels: { app: 'web' }, ...changes.metadata },
    spec: { containers: [{ name: 'main', image: 'registry.test/web:1' }], ...changes.spec },
  };
}

export const createPod = (world: World, changes: Partial<Draft<Pod>> = {}): Promise<Pod> =>
  world.cluster.create(Pod, podDraft(world, changes));

/** A pod that a node has: deleting it takes its grace period, for nobody stops its containers. */
export function createBoundPod(world: World, changes: Partial<Draft<Pod>> = {}): Promise<Pod> {
  const draft = podDraft(world, changes);
  return world.cluster.create(Pod, {
    ...draft,
    spec: { ...draft.spec, containers: draft.spec?.containers ?? [], nodeName: 'no-such-node' },
  });
}

/**
 * What came of a call, in the words in which the two clusters are compared: `ok`, or the status, the reason and the fields
 * that the server complains of, such as `422 Invalid spec.containers[0].image`.
 */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const fields = [...new Set(error.causes.flatMap(({ field }) => field ?? []))].sort();
    return [error.code, error.reason, ...fields].join(' ');
  }
}

/** The outcome of a write to `before`; `ok, unchanged` when it was accepted and made no difference. */
export async function effect(before: Resource, write: Promise<Resource>): Promise<string> {
  const result = await outcome(write);
  return result === 'ok' && content(await write) === content(before) ? 'ok, unchanged' : result;
}

/** The object without what only counts its writes: a real server notes a writer even when the write made no difference. */
function content({ metadata, ...rest }: Resource): string {
  const { resourceVersion: _, managedFields: __, ...named } = metadata;
  return canonicalJson({ ...rest, metadata: named });
}

/** Waits until `probe` returns something. Throws with `what` after 30 s. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`still not after 30 s: ${what}`);
}

/** Reads a watch until `enough` says so, and on from its last mark when the server ends it. Throws after 30 s. */
export async function collect<T extends Resource>(
  cluster: Cluster,
  kind: Kind<T>,
  query: WatchQuery,
  enough: (events: readonly WatchEvent<T>[]) => boolean,
): Promise<readonly WatchEvent<T>[]> {
  const events: WatchEvent<T>[] = [];
  const abort = new AbortController();
  const limit = setTimeout(() => abort.abort(), 30_000);
  let { since } = query;
  try {
    while (!abort.signal.aborted)
      for await (const event of cluster.watch(kind, { ...query, since }, { signal: abort.signal })) {
        events.push(event);
        if (enough(events)) return events;
        since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
      }
  } finally {
    clearTimeout(limit);
    abort.abort();
  }
  throw new Error(`not enough after 30 s: ${events.map(({ type }) => type).join(' ')}`);
}
