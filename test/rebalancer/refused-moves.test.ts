/** A move that the server refuses is no move: it is planned again at the next look, not after the minutes for which a begun one counts. */
import { expect, test } from 'vitest';
import { Eviction, Node, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import { keyOf, nameOf } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { Conflict, TooManyRequests } from '../../src/cluster/errors.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { configureRebalancer, createRebalancer, rebalancerConfiguration } from '../../src/operator/index.js';
import { trackUse, type UseSource } from '../../src/scheduler/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { wrapped } from '../wrapped-cluster.js';

const interval = 10 * second;
const { profile } = configureRebalancer(
  rebalancerConfiguration.parse({
    apiVersion: 'rebalancer.penstock.dev/v1alpha1',
    kind: 'RebalancerConfiguration',
    interval: '10s',
    use: { source: 'none' },
    load: { weights: { cpu: 1 } },
    rules: { hot: { samples: 2, atLeast: 2 }, light: { candidates: 0, minAge: '1s' } },
  }),
);

/** Four pods on the first of two nodes, of four cores each, that use all of it. */
async function hotNode(refuse: () => Error) {
  const clock = new VirtualClock();
  const random = seededRandom('refused');
  const world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: 2, node: { capacity: { cpu: '4', memory: '8Gi', pods: '30' } } },
    controllers: ['replica-set', 'scheduler'],
    collectedKinds: [Pod, ReplicaSet],
  });
  const { cluster } = world;
  await clock.settle(world.start(), minute);
  const [, other] = (await cluster.list(Node)).items.map(({ metadata }) => metadata.name);
  const close = (node: string | undefined, unschedulable: boolean) =>
    cluster.patch(Node, { name: node ?? '' }, { type: 'merge', body: { spec: { unschedulable } } });
  await close(other, true);
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
  const metadata = { namespace: 'default', name: 'web' };
  await cluster.create(ReplicaSet, { metadata, spec: { replicas: 4, selector: { matchLabels: labels }, template } });
  await clock.advance(minute);
  await close(other, false);
  const source: UseSource = {
    name: 'test',
    async read(nodes, report) {
      const { items } = await cluster.list(Pod);
      for (const { metadata: node } of nodes) {
        const there = items.filter(({ spec }) => spec?.nodeName === node.name);
        const pods = new Map(there.map((pod) => [keyOf(nameOf(pod)), { cpu: 980 }]));
        const to = clock.now();
        report.sample({ node: node.name, from: to - interval, to, use: { cpu: 980 * pods.size }, pods });
      }
    },
  };
  let refusals = 1;
  let tries = 0;
  const create: Cluster['create'] = (kind, object, options) => {
    if (kind.name === Eviction.name) {
      tries++;
      if (refusals-- > 0) return Promise.reject(refuse());
    }
    return cluster.create(kind, object, options);
  };
  const parts = { clock, logger: silentLogger };
  const { manager, cache } = createRebalancer({
    ...parts,
    cluster: wrapped(cluster, { create }),
    random,
    profile,
    namespace: 'default',
    watchesVolumes: false,
  });
  await clock.settle(manager.start(), minute);
  const collector = trackUse(source, cache, { interval, window: interval }, { ...parts, random });
  collector.start();
  const movedAfter = async (): Promise<number> => {
    const began = clock.now();
    const isMoved = async () => (await cluster.list(Pod)).items.some(({ spec }) => spec?.nodeName === other);
    while (!(await isMoved()) && clock.now() < began + 10 * minute) await clock.advance(second);
    return clock.now() - began;
  };
  const end = async () => {
    await collector.stop();
    manager.kill();
    await clock.settle(world.stop(), minute);
  };
  return { movedAfter, tries: () => tries, end };
}

test.each([
  ['the pod has changed meanwhile', () => new Conflict('the object has been modified')],
  ['a disruption budget does not allow it', () => new TooManyRequests('Cannot evict pod')],
])('where %s, it is moved within a minute', async (_, refuse) => {
  const { movedAfter, tries, end } = await hotNode(refuse);
  expect(await movedAfter()).toBeLessThan(minute);
  expect(tries()).toBeGreaterThan(1);
  await end();
});
