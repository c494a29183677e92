/** Pods that state no constraint, spread by `kube-default` among those of their service or workload, on the embedded cluster. */
import { expect, test } from 'vitest';
import { Node, Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';

const namespace = 'default';
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'app:1' }] } };

/** Two nodes that have more room than the others, in one zone; and one in a zone of its own. */
const nodes: readonly Draft<Node>[] = (
  [
    ['a1', 'a', '64'],
    ['a2', 'a', '64'],
    ['b1', 'b', '16'],
  ] as const
).map(([name, zone, cpu]) => ({
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone } },
  status: { allocatable: { cpu, memory: '64Gi', pods: '20' } },
}));

const selecting: Readonly<Record<string, (cluster: Cluster) => Promise<unknown>>> = {
  Service: (cluster) => cluster.create(Service, { metadata: { namespace, name: 'web' }, spec: { selector: labels } }),
  ReplicationController: (cluster) =>
    cluster.create(ReplicationController, { metadata: { namespace, name: 'web' }, spec: { selector: labels } }),
  ReplicaSet: (cluster) =>
    cluster.create(ReplicaSet, {
      metadata: { namespace, name: 'web' },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    }),
  StatefulSet: (cluster) =>
    cluster.create(StatefulSet, {
      metadata: { namespace, name: 'web' },
      spec: { serviceName: 'web', selector: { matchLabels: labels }, template },
    }),
};

async function nodesOfThree(policy: string, select?: (cluster: Cluster) => Promise<unknown>) {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  const watched: string[] = [];
  const seen: Cluster = {
    get: (kind, ref, options) => cluster.get(kind, ref, options),
    list: (kind, query, options) => cluster.list(kind, query, options),
    watch: (kind, query, options) => {
      watched.push(kind.plural);
      return cluster.watch(kind, query, options);
    },
    replace: (kind, object, options) => cluster.replace(kind, object, options),
    patch: (kind, ref, patch, options) => cluster.patch(kind, ref, patch, options),
    remove: (kind, ref, options) => cluster.remove(kind, ref, options),
    create: (kind, object, options) => cluster.create(kind, object, options),
  };
  for (const node of nodes) await cluster.create(Node, node);
  const { manager } = createScheduler({
    watchesVolumes: false,
    cluster: seen,
    clock,
    random: seededRandom(2),
    logger: silentLogger,
    profiles: [{ schedulerName: 'default-scheduler', policy: createScorePolicy(policy) }],
  });
  await clock.settle(manager.start(), minute);
  await select?.(cluster);
  for (const name of ['p', 'q', 'r']) {
    const resources = { requests: { cpu: '8' } };
    await cluster.create(Pod, {
      metadata: { namespace, name, labels },
      spec: { containers: [{ name: 'main', image: 'app:1', resources }] },
    });
    await clock.advance(second);
  }
  const { items } = await cluster.list(Pod, { namespace });
  return { on: items.map(({ spec }) => spec?.nodeName ?? 'no node').sort(), watched };
}

test.each(Object.entries(selecting))('three pods of a %s go to three nodes in two zones', async (_, select) => {
  expect((await nodesOfThree('kube-default', select)).on).toEqual(['a1', 'a2', 'b1']);
});

test('three pods that nothing selects go where most is free', async () => {
  // 8 of 16 would be half of the smallest node, 16 of 64 a quarter of a large one
  expect((await nodesOfThree('kube-default')).on).not.toContain('b1');
});

test('services and workloads are not watched where no policy spreads by them', async () => {
  const selectors = ['services', 'replicationcontrollers', 'replicasets', 'statefulsets'];
  const { watched } = await nodesOfThree('balance');
  expect(watched).toContain('pods');
  expect(watched.filter((plural) => selectors.includes(plural))).toEqual([]);
});
