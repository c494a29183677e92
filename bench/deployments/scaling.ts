import { Deployment, Pod } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { isReady, isTerminating } from '../../src/line/index.js';
import { until } from '../measure.js';
import type { Stage, Way } from './stage.js';

export interface Scaling {
  /** Milliseconds from the call that scales to the moment when a watch shows the n-th new replica ready: so its Service sees it. */
  readonly ready: readonly number[];
  /** … until the Deployment's status counts them all as available. */
  readonly counted: number;
  /** Containers that were started for a ReplicaSet, to be thrown away when one from stock had taken their place. */
  readonly wasted: number;
}

/** Scales from one replica to `count` more, and measures as those see it who watch the Deployment and its pods. */
export async function scaleOut(stage: Stage, way: Way, count: number): Promise<Scaling> {
  const { cluster, namespace } = stage;
  const end = new AbortController();
  const present = new Set((await replicas(stage, way)).map(({ metadata }) => metadata.uid));
  const readyAt = new Map<string, number>();
  const thrownAway = new Set<string>();
  let start = Number.POSITIVE_INFINITY;
  let counted: number | undefined;
  const follows = [
    follow(stage, Deployment, end.signal, ({ metadata, status }) => {
      if (metadata.name === way && (status?.availableReplicas ?? 0) > count) counted ??= performance.now() - start;
    }),
    follow(stage, Pod, end.signal, (pod) => {
      const { uid, labels: marks } = pod.metadata;
      if (marks?.app !== way || present.has(uid)) return;
      if (isTerminating(pod)) {
        if (marks[labels.state] === undefined && hasStarted(pod)) thrownAway.add(uid);
        readyAt.delete(uid);
      } else if (isReady(pod) && !readyAt.has(uid)) readyAt.set(uid, performance.now() - start);
    }),
  ];
  await Promise.all(follows.map(({ begun }) => begun));
  start = performance.now();
  await cluster.patch(Deployment, { namespace, name: way }, mergePatch({ spec: { replicas: 1 + count } }));
  // what is too many is deleted, and what it had started is to be seen
  const settled = async () =>
    counted !== undefined &&
    readyAt.size === count &&
    (await replicas(stage, way)).length === 1 + count &&
    (await going(stage)) === 0;
  await until(`${way}: ${count} more replicas`, settled, 300_000);
  end.abort();
  const ready = [...readyAt.values()].toSorted((a, b) => a - b);
  return { ready, counted: counted ?? Number.NaN, wasted: thrownAway.size };
}

/** Back to one replica and a full stock, with nothing under way any more. */
export async function rest(stage: Stage, stock: number): Promise<void> {
  const { cluster, namespace } = stage;
  const { items } = await cluster.list(Deployment, { namespace });
  for (const { metadata, spec } of items)
    if (spec?.replicas !== 1)
      await cluster.patch(Deployment, { namespace, name: metadata.name }, mergePatch({ spec: { replicas: 1 } }));
  const isAtRest = async () => {
    const pods = (await cluster.list(Pod, { namespace })).items;
    const inStock = pods.filter(({ metadata }) => metadata.labels?.[labels.state] === states.stocked);
    return pods.length === items.length + 2 * stock && inStock.length === 2 * stock && pods.every(isReady);
  };
  await until('one replica each, and a full stock', isAtRest, 300_000);
  await new Promise((resolve) => setTimeout(resolve, calm));
}

/** For kubelet and controllers to have nothing to do any more. */
const calm = 1500;

/** Whether its node's runtime has made a container for it. */
const hasStarted = ({ status }: Pod) =>
  status?.containerStatuses?.some(({ containerID }) => containerID !== undefined) ?? false;

async function replicas({ cluster, namespace }: Stage, way: Way): Promise<readonly Pod[]> {
  const { items } = await cluster.list(Pod, { namespace, labels: `app=${way}` });
  return items.filter((pod) => !isTerminating(pod));
}

async function going({ cluster, namespace }: Stage): Promise<number> {
  return (await cluster.list(Pod, { namespace })).items.filter(isTerminating).length;
}

/** `begun` resolves when everything that changes from then on will be seen. */
function follow<T extends Resource>(
  { cluster, namespace }: Stage,
  kind: Kind<T>,
  signal: AbortSignal,
  see: (object: T) => void,
): { readonly begun: Promise<void> } {
  const watching = async (first: string) => {
    let since = first;
    while (!signal.aborted) {
      try {
        for await (const event of cluster.watch(kind, { namespace, since }, { signal })) {
          since = event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;
          if (event.type !== 'BOOKMARK') see(event.object);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  };
  const begin = async () => {
    const { resourceVersion } = await cluster.list(kind, { namespace });
    void watching(resourceVersion);
  };
  return { begun: begin() };
}
