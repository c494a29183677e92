/** The cluster as a scheduler sees it, read once: for commands that ask and end. */
import { Namespace, Node, Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../api/kubernetes.js';
import { keyOf, nameOf, type Resource } from '../api/meta/resource.js';
import type { Kind } from '../api/meta/kind.js';
import {
  CSIDriver,
  CSINode,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../api/storage.js';
import type { Cluster } from '../cluster/cluster.js';
import { keepAliveHttpClient } from '../runtime/index.js';
import {
  controllerSelectors,
  openSource,
  SchedulerCache,
  serviceSelectors,
  trimmedPod,
  type UseConfiguration,
  workloadSelectors,
} from '../scheduler/index.js';
import { type DefaultSelector, defaultSelectorOf, type VolumeView } from '../scheduling/index.js';
import { messageOf } from '../support/errors.js';
import { createLogger } from '../support/json-logger.js';
import { addTo } from '../support/multimap.js';
import type { Connection, Io } from './io.js';

const page = 500;

/** All that is on nodes but the pod itself. */
export async function readCache(cluster: Cluster, self: string): Promise<SchedulerCache> {
  const cache = new SchedulerCache();
  for await (const node of all(cluster, Node)) cache.setNode(node);
  for await (const pod of all(cluster, Pod)) {
    if (keyOf(nameOf(pod)) === self) continue;
    cache.observe(trimmedPod(pod));
    cache.nominate(trimmedPod(pod));
  }
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  for await (const { metadata } of all(cluster, Namespace)) namespaces.set(metadata.name, metadata.labels ?? {});
  cache.snapshot.setNamespaces(namespaces);
  return cache;
}

/** Claims and volumes as they are now. */
export async function readVolumes(cluster: Cluster): Promise<VolumeView> {
  const read = async <T extends Resource>(kind: Kind<T>): Promise<ReadonlyMap<string, T>> => {
    const objects = new Map<string, T>();
    for await (const object of all(cluster, kind)) objects.set(keyOf(nameOf(object)), object);
    return objects;
  };
  const claims = await read(PersistentVolumeClaim);
  const volumes = await read(PersistentVolume);
  const classes = await read(StorageClass);
  const nodes = await read(CSINode);
  const drivers = await read(CSIDriver);
  const attachments = [...(await read(VolumeAttachment)).values()];
  return {
    claim: (namespace, name) => claims.get(keyOf({ namespace, name })),
    volume: (name) => volumes.get(name),
    storageClass: (name) => classes.get(name),
    csiNode: (name) => nodes.get(name),
    csiDriver: (name) => drivers.get(name),
    attachments: (node) => attachments.filter(({ spec }) => spec.nodeName === node),
  };
}

/** The services and workloads of a namespace as they are now. */
export async function readSelectors(cluster: Cluster, namespace: string): Promise<DefaultSelector> {
  const read = async <T extends Resource>(kind: Kind<T>) => (await cluster.list(kind, { namespace })).items;
  const services = serviceSelectors(await read(Service));
  const workloads = [
    ...controllerSelectors(await read(ReplicationController)),
    ...workloadSelectors(await read(ReplicaSet)),
    ...workloadSelectors(await read(StatefulSet)),
  ];
  return (pod) => defaultSelectorOf(pod, services, workloads);
}

async function* all<T extends Resource>(cluster: Cluster, kind: Kind<T>): AsyncIterable<T> {
  let next: string | undefined;
  do {
    const found = await cluster.list(kind, { limit: page, ...(next ? { continue: next } : {}) });
    yield* found.items;
    next = found.continue;
  } while (next);
}

/** Reads the use of all nodes once. Returns, in sentences, what could not be read. */
export async function readUse(
  { clock, interrupted }: Io,
  cache: SchedulerCache,
  use: UseConfiguration,
  { cluster, namespace, document }: Connection,
): Promise<readonly string[]> {
  const nodes = [...cache.snapshot.infos()].map(({ node }) => node);
  const missing = new Map(nodes.map(({ metadata }) => [metadata.name, 'the source has no figures of it']));
  const http = keepAliveHttpClient(clock);
  const logger = createLogger('error', clock);
  try {
    const source = await openSource(use, { cluster, namespace, clock, logger, http, ...(document && { document }) });
    await source?.read(
      nodes,
      {
        sample: ({ node, from, to, use: mean }) => {
          missing.delete(node);
          cache.setUse(node, { from, to, mean });
        },
        failure: (node, why) => missing.has(node) && missing.set(node, why),
      },
      interrupted,
    );
  } catch (error) {
    return [`the use of nodes could not be read, estimates stand for it: ${messageOf(error)}`];
  } finally {
    http.close();
  }
  if (use.source === 'none') return [];
  const byReason = new Map<string, Set<string>>();
  for (const [node, why] of missing) addTo(byReason, why, node);
  return [...byReason].map(
    ([why, names]) => `nothing was measured of ${[...names].sort().join(', ')}, estimates stand for it: ${why}`,
  );
}
