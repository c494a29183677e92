import { expect, test } from 'vitest';
import { Lease, Node, Pod } from '../api/kubernetes.js';
import { seededRandom } from '../support/random.js';
import { minute, second } from '../support/time.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { SimulatedNodes } from './nodes/index.js';
import { createEmbeddedWorld, type EmbeddedWorldOptions } from './world.js';

const a = { namespace: 'default', name: 'a' };
const pod = (name: string, cpu = '100m') => ({
  metadata: { name, namespace: 'default' },
  spec: {
    terminationGracePeriodSeconds: 30,
    containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu } } }],
  },
});

async function started(options: Partial<EmbeddedWorldOptions> & Pick<EmbeddedWorldOptions, 'nodes'>) {
  const clock = new VirtualClock();
  const world = createEmbeddedWorld({ clock, random: seededRandom(1), ...options });
  await clock.settle(world.start(), minute);
  return { clock, ...world };
}

test('a pod that is created is bound, runs, becomes ready and ends when it is deleted', async () => {
  const { clock, cluster, stop } = await started({ nodes: { count: 3 } });
  await cluster.create(Pod, pod('a'));
  await clock.advance(10 * second);
  const { status, spec } = await cluster.get(Pod, a);
  expect(spec?.nodeName).toMatch(/^sim-[0-2]$/);
  expect(status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^10\./) });
  expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`).sort()).toEqual([
    'ContainersReady=True',
    'Initialized=True',
    'PodReadyToStartContainers=True',
    'PodScheduled=True',
    'Ready=True',
  ]);
  await cluster.remove(Pod, a);
  expect((await cluster.get(Pod, a)).metadata.deletionTimestamp).toBeDefined();
  await clock.advance(10 * second);
  expect((await cluster.list(Pod)).items).toEqual([]);
  await clock.settle(stop(), minute);
});

test('a start from a cached image is reported in two writes', async () => {
  const { clock, cluster } = await started({ nodes: { count: 1, images: ['web:1'] } });
  await cluster.create(Pod, pod('a'));
  await clock.advance(10 * second);
  expect((await cluster.get(Pod, a)).status?.phase).toBe('Running');
  expect(cluster.requests.get('patch pods/status')).toBe(2);
});

test('nodes renew their Leases every ten seconds, not all at the same moment', async () => {
  const { clock, cluster } = await started({ nodes: { count: 20 } });
  await clock.advance(10 * second);
  const before = cluster.requests.get('patch leases') ?? 0;
  await clock.advance(minute);
  expect((cluster.requests.get('patch leases') ?? 0) - before).toBe(20 * 6);
  const renewals = (await cluster.list(Lease)).items.map(({ spec }) => spec?.renewTime);
  expect(new Set(renewals).size).toBeGreaterThan(10);
});

test('many pods at once do not overcommit the nodes, and those without room say why', async () => {
  const { clock, cluster, nodes } = await started({
    nodes: { count: 10, node: { capacity: { cpu: '4', memory: '8Gi', pods: '50' } } },
  });
  for (let i = 0; i < 50; i++) await cluster.create(Pod, pod(`p${i}`, '1'));
  await clock.advance(30 * second);
  const { items } = await cluster.list(Pod);
  const on = (node: string | undefined) => items.filter(({ spec }) => spec?.nodeName === node);
  expect(nodes.names.map((node) => on(node).length)).toEqual(Array.from({ length: 10 }, () => 4));
  expect(on(undefined)).toHaveLength(10);
  expect(on(undefined)[0]?.status?.conditions?.[0]).toMatchObject({
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message:
      '0/10 nodes are available: 10 Insufficient cpu. preemption: 0/10 nodes are available: 10 No preemption victims found for incoming pod.',
  });
  // room appears, and is taken
  for (const { metadata } of on('sim-3')) await cluster.remove(Pod, { namespace: 'default', name: metadata.name });
  await clock.advance(30 * second);
  const left = (await cluster.list(Pod)).items;
  expect(left.filter(({ spec }) => spec?.nodeName === undefined)).toHaveLength(6);
  expect(left.filter(({ status }) => status?.phase === 'Running')).toHaveLength(40);
});

test('a simulation that crashed is taken over by the next one of its name, containers and all', async () => {
  const { clock, cluster, nodes } = await started({ nodes: { count: 2 } });
  await cluster.create(Pod, pod('a'));
  await clock.advance(10 * second);
  const before = await cluster.get(Pod, a);
  nodes.kill();
  await clock.advance(20 * second);
  const next = new SimulatedNodes({ cluster, clock, random: seededRandom(2), count: 2 });
  await clock.settle(next.start(), minute);
  await clock.advance(10 * second);
  expect((await cluster.get(Pod, a)).status).toEqual(before.status);
  await clock.settle(next.remove(), minute);
  expect((await cluster.list(Node)).items).toEqual([]);
  expect((await cluster.list(Pod)).items).toEqual([]);
  expect((await cluster.list(Lease)).items).toEqual([]);
});

test('the same seed gives the same history, another seed another one', async () => {
  const history = async (seed: number) => {
    const { clock, cluster } = await started({ nodes: { count: 3 }, random: seededRandom(seed) });
    for (let i = 0; i < 20; i++) {
      await cluster.create(Pod, pod(`p${i}`));
      await clock.advance(300);
    }
    await cluster.remove(Pod, { namespace: 'default', name: 'p7' });
    await clock.advance(minute);
    return JSON.stringify([(await cluster.list(Pod)).items, [...cluster.requests]]);
  };
  const first = await history(7);
  expect(await history(7)).toBe(first);
  expect(await history(8)).not.toBe(first);
});
