/** Pods that make room for more important ones: who goes, what is written, and where the room goes. */
import { expect, test } from 'vitest';
import { CustomResourceDefinition, Event, Node, Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { PodGroup } from '../../src/api/pod-group.js';
import { labels, states } from '../../src/api/names.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { InternalError } from '../../src/cluster/errors.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import type { Profile } from '../../src/scheduler/index.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { podGroupDefinition } from './pod-group.js';

const namespace = 'default';
type Given = Partial<NonNullable<Pod['spec']>>;

const podOf = (name: string, cpu: string, spec: Given = {}, marks: Record<string, string> = {}): Draft<Pod> => ({
  metadata: { namespace, name, labels: marks },
  spec: {
    terminationGracePeriodSeconds: 30,
    ...spec,
    containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }],
  },
});
const on = (nodeName: string, spec: Given = {}): Given => ({ ...spec, nodeName });

async function clusterWith(nodes: Readonly<Record<string, string>>, pods: readonly Draft<Pod>[]) {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  for (const [name, cpu] of Object.entries(nodes))
    await cluster.create(Node, { metadata: { name }, status: { allocatable: { cpu, memory: '8Gi', pods: '10' } } });
  for (const pod of pods) await cluster.create(Pod, pod);
  const start = async (
    seen: Cluster = cluster,
    profile: Pick<Profile, 'preemption'> = { preemption: {} },
    more = {},
  ) => {
    const { manager, scheduler } = createScheduler({
      ...more,
      watchesVolumes: false,
      cluster: seen,
      clock,
      random: seededRandom(2),
      logger: silentLogger,
      profiles: [{ ...profile, schedulerName: 'default-scheduler', policy: createScorePolicy('balance') }],
    });
    await clock.settle(manager.start(), minute);
    await clock.advance(second);
    return { manager, scheduler };
  };
  const stateOf = async (name: string) => {
    const { spec, status } = await cluster.get(Pod, { namespace, name });
    return { on: spec?.nodeName, nominated: status?.nominatedNodeName };
  };
  /** What its kubelet does once its programs have ended. */
  const end = async (...names: readonly string[]) => {
    for (const name of names) await cluster.remove(Pod, { namespace, name }, { gracePeriodSeconds: 0 });
    await clock.advance(second);
  };
  const going = async () =>
    (await cluster.list(Pod, { namespace })).items
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map(({ metadata }) => metadata.name)
      .sort();
  const whyOf = async (name: string) =>
    (await cluster.get(Pod, { namespace, name })).status?.conditions?.find(({ type }) => type === 'PodScheduled')
      ?.message;
  return { clock, cluster, start, stateOf, end, going, whyOf };
}

test('a pod waits with its nomination until those that it pre-empts are gone, and is bound there', async () => {
  const { cluster, start, stateOf, end, going } = await clusterWith({ n: '2' }, [
    podOf('low', '2', on('n')),
    podOf('high', '1', { priority: 10 }),
  ]);
  await start();
  expect(await going()).toEqual(['low']);
  expect(await stateOf('high')).toEqual({ on: undefined, nominated: 'n' });
  const { status, metadata } = await cluster.get(Pod, { namespace, name: 'low' });
  expect(status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
  });
  const { uid } = (await cluster.get(Pod, { namespace, name: 'high' })).metadata;
  const events = (await cluster.list(Event, { namespace })).items;
  expect(events.filter(({ reason }) => reason === 'Preempted')).toMatchObject([
    { note: `Preempted by pod ${uid} on node n`, regarding: { uid: metadata.uid } },
  ]);
  await end('low');
  expect(await stateOf('high')).toEqual({ on: 'n', nominated: undefined });
});

test('nobody goes for pods that more pods going would not help, and these say so', async () => {
  const { start, stateOf, going, whyOf } = await clusterWith({ n: '2', m: '2' }, [
    podOf('equal', '2', on('n')),
    podOf('low', '1', on('m', { priority: -1 })),
    podOf('same', '2'),
    podOf('large', '3', { priority: 10 }),
    podOf('polite', '2', { priority: 10, preemptionPolicy: 'Never' }),
    podOf('last', '2', { priority: -5 }),
  ]);
  await start();
  expect(await going()).toEqual(['low']);
  expect(await stateOf('same')).toEqual({ on: undefined, nominated: 'm' });
  expect(await whyOf('large')).toBe(
    '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.',
  );
  expect(await whyOf('last')).toBe(
    '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  );
  expect(await whyOf('polite')).toBe(
    '0/2 nodes are available: 2 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
  );
});

test('without pre-emption in its profile a pod waits, whatever its priority', async () => {
  const { start, going, whyOf } = await clusterWith({ n: '2' }, [
    podOf('low', '2', on('n')),
    podOf('high', '1', { priority: 10 }),
  ]);
  await start(undefined, {});
  expect(await going()).toEqual([]);
  expect(await whyOf('high')).toBe('0/1 nodes are available: 1 Insufficient cpu.');
});

test('several pods at once have as many go as they need, and no more', async () => {
  const low = ['a', 'b', 'c', 'd'].map((name) => podOf(name, '1', on('n')));
  const high = ['x', 'y', 'z'].map((name) => podOf(name, '1', { priority: 10 }));
  const { start, stateOf, end, going, clock } = await clusterWith({ n: '4' }, [...low, ...high]);
  await start();
  const victims = await going();
  expect(victims).toHaveLength(3);
  await end(...victims);
  await clock.advance(minute);
  expect(await Promise.all(['x', 'y', 'z'].map(stateOf))).toEqual(
    Array.from({ length: 3 }, () => ({ on: 'n', nominated: undefined })),
  );
  expect(await going()).toEqual([]);
});

test('the room that is made for a pod goes to nobody less important, and to whoever is more so', async () => {
  const { cluster, clock, start, stateOf, end, going } = await clusterWith({ n: '2' }, [
    podOf('low', '2', on('n')),
    podOf('middle', '2', { priority: 10 }),
  ]);
  await start();
  await cluster.create(Pod, podOf('late', '2', { priority: 5 }));
  await clock.advance(second);
  expect(await stateOf('middle')).toEqual({ on: undefined, nominated: 'n' });
  await cluster.create(Pod, podOf('high', '2', { priority: 20 }));
  await clock.advance(second);
  expect(await stateOf('high')).toEqual({ on: undefined, nominated: 'n' });
  expect(await stateOf('middle')).toEqual({ on: undefined, nominated: undefined });
  await end('low');
  expect(await going()).toEqual([]);
  expect((await Promise.all(['high', 'middle', 'late'].map(stateOf))).map((state) => state.on)).toEqual([
    'n',
    undefined,
    undefined,
  ]);
});

test('a pod looks again whether others could make room when room appears that is not enough', async () => {
  const { start, stateOf, end, going } = await clusterWith({ n: '2' }, [
    podOf('higher', '1', on('n', { priority: 20 })),
    podOf('low', '1', on('n')),
    podOf('high', '2', { priority: 10 }),
  ]);
  await start();
  expect(await going()).toEqual([]);
  await end('higher');
  expect(await going()).toEqual(['low']);
  await end('low');
  expect(await stateOf('high')).toEqual({ on: 'n', nominated: undefined });
});

test('containers in the stock of a pool go before others of their priority', async () => {
  const { start, going } = await clusterWith({ n: '4' }, [
    podOf('serving', '2', on('n')),
    podOf('stock', '2', on('n'), { [labels.state]: states.stocked }),
    podOf('high', '2', { priority: 10 }),
  ]);
  await start();
  expect(await going()).toEqual(['stock']);
});

test('a pod whose victims could not be told is nominated no more, and tries again', async () => {
  const { clock, cluster, start, stateOf, going } = await clusterWith({ n: '2' }, [
    podOf('low', '2', on('n')),
    podOf('high', '1', { priority: 10 }),
  ]);
  let failures = 1;
  await start({
    get: (...of) => cluster.get(...of),
    list: (...of) => cluster.list(...of),
    watch: (...of) => cluster.watch(...of),
    create: (...of) => cluster.create(...of),
    replace: (...of) => cluster.replace(...of),
    patch: (...of) => cluster.patch(...of),
    remove: (...of) => (failures-- > 0 ? Promise.reject(new InternalError('no')) : cluster.remove(...of)),
  });
  await clock.advance(minute);
  expect(await going()).toEqual(['low']);
  expect(await stateOf('high')).toEqual({ on: undefined, nominated: 'n' });
});

test('a scheduler that starts anew goes on waiting for those that go already', async () => {
  const { clock, start, stateOf, end, going } = await clusterWith({ n: '2', m: '2' }, [
    podOf('a', '2', on('n')),
    podOf('b', '2', on('m')),
    podOf('high', '2', { priority: 10 }),
  ]);
  const { manager } = await start();
  const victims = await going();
  expect(victims).toHaveLength(1);
  manager.kill();
  await start();
  await clock.advance(10 * second);
  expect(await going()).toEqual(victims);
  await end(...victims);
  expect((await stateOf('high')).on).toBe(victims[0] === 'a' ? 'n' : 'm');
});

test('the pods of a PodGroup that can only go together all go', async () => {
  const { cluster, clock, start, stateOf, end, going } = await clusterWith({ n: '2', m: '2' }, [
    podOf('a', '2', on('n', { schedulingGroup: { podGroupName: 'gang' } })),
    podOf('b', '1', on('m', { schedulingGroup: { podGroupName: 'gang' } })),
    podOf('keeps', '1', on('m', { priority: 20 })),
  ]);
  await cluster.create(CustomResourceDefinition, podGroupDefinition);
  const disruptionMode = { all: {} };
  const schedulingPolicy = { gang: { minCount: 2 } };
  await cluster.create(PodGroup, { metadata: { namespace, name: 'gang' }, spec: { schedulingPolicy, disruptionMode } });
  await start(cluster, { preemption: {} }, { watchesPodGroups: true });
  await cluster.create(Pod, podOf('high', '2', { priority: 10 }));
  await clock.advance(second);
  expect(await going()).toEqual(['a', 'b']);
  await end('a', 'b');
  expect(await stateOf('high')).toEqual({ on: 'n', nominated: undefined });
});
