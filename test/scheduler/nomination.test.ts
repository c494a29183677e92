/** `status.nominatedNodeName`: written while a binding takes long, read after a restart, cleared where it has become wrong. */
import { expect, test } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import type { Draft } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { InternalError, TooManyRequests } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import { minMemberLabel, podGroupLabel } from '../../src/scheduler/gang.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { type Duration, minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { interceptBindings } from './bindings.js';

const namespace = 'default';
type Given = Pick<NonNullable<Pod['spec']>, 'priority' | 'terminationGracePeriodSeconds'>;
const podOf = (name: string, cpu: string, labels = {}, spec: Given = {}): Draft<Pod> => ({
  metadata: { namespace, name, labels },
  spec: { ...spec, containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }] },
});
const nodeOf = (name: string, cpu: string): Draft<Node> => ({
  metadata: { name },
  status: { allocatable: { cpu, memory: '8Gi', pods: '10' } },
});

async function clusterWith(nodes: readonly Draft<Node>[], pods: readonly Draft<Pod>[]) {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  for (const node of nodes) await cluster.create(Node, node);
  for (const pod of pods) await cluster.create(Pod, pod);
  const start = async (seen: Cluster = cluster) => {
    const { manager, scheduler } = createScheduler({
      watchesVolumes: false,
      cluster: seen,
      clock,
      random: seededRandom(2),
      logger: silentLogger,
      profiles: [{ schedulerName: 'default-scheduler', policy: createScorePolicy('balance') }],
    });
    await clock.settle(manager.start(), minute);
    return { manager, scheduler };
  };
  const stateOf = async (name: string) => {
    const { spec, status } = await cluster.get(Pod, { namespace, name });
    return { on: spec?.nodeName, nominated: status?.nominatedNodeName };
  };
  const nominate = (name: string, node: string) =>
    cluster.patch(Pod, { namespace, name }, mergePatch({ status: { nominatedNodeName: node } }), {
      subresource: 'status',
    });
  return { clock, cluster, start, stateOf, nominate };
}

/** Each binding reaches the server so much later. */
const late = (cluster: Cluster, clock: VirtualClock, delay: Duration) =>
  interceptBindings(cluster, async (_, proceed) => {
    await clock.sleep(delay);
    return proceed();
  });

test('a pod whose binding takes long is nominated for its node until it is bound', async () => {
  const { clock, cluster, start, stateOf } = await clusterWith([nodeOf('n', '2')], [podOf('p', '1')]);
  const { scheduler } = await start(late(cluster, clock, 5 * second));
  await clock.advance(2 * second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: 'n' });
  // it is counted there once: assumed, not nominated besides
  expect(scheduler.cache.snapshot.nominated.size).toBe(0);
  expect(scheduler.cache.assumedPods).toBe(1);
  await clock.advance(5 * second);
  expect(await stateOf('p')).toEqual({ on: 'n', nominated: undefined });
});

test('a pod that is bound soon is never nominated', async () => {
  const { clock, cluster, start, stateOf } = await clusterWith([nodeOf('n', '2')], [podOf('p', '1')]);
  const written: string[] = [];
  const recording: Cluster = {
    ...interceptBindings(late(cluster, clock, 900), (_, proceed) => proceed()),
    patch: (kind, ref, patch, options) => {
      written.push(ref.name);
      return cluster.patch(kind, ref, patch, options);
    },
  };
  await start(recording);
  await clock.advance(minute);
  expect(await stateOf('p')).toEqual({ on: 'n', nominated: undefined });
  expect(written).toEqual([]);
});

test('a member of a gang is nominated as soon as its binding is tried again', async () => {
  const gang = { [podGroupLabel]: 'g', [minMemberLabel]: '2' };
  const pods = [podOf('a', '1', gang), podOf('b', '1', gang)];
  const { clock, cluster, start, stateOf } = await clusterWith([nodeOf('n', '2')], pods);
  let refusals = 1;
  await start(
    interceptBindings(cluster, (pod, proceed) =>
      pod === 'b' && refusals-- > 0 ? Promise.reject(new TooManyRequests('later')) : proceed(),
    ),
  );
  await clock.advance(100);
  expect(await stateOf('a')).toEqual({ on: 'n', nominated: undefined });
  expect(await stateOf('b')).toEqual({ on: undefined, nominated: 'n' });
  await clock.advance(5 * second);
  expect(await stateOf('b')).toEqual({ on: 'n', nominated: undefined });
});

test('a pod whose binding fails at last is nominated no more', async () => {
  const { clock, cluster, start, stateOf } = await clusterWith([nodeOf('n', '2')], [podOf('p', '1')]);
  let attempts = 0;
  await start(
    interceptBindings(cluster, async (_, proceed) => {
      if (attempts++ > 0) return proceed();
      await clock.sleep(3 * second);
      throw new TooManyRequests('later', { retryAfter: 10 * second });
    }),
  );
  await clock.advance(2 * second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: 'n' });
  await clock.advance(3 * second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: undefined });
  await clock.advance(minute);
  expect(await stateOf('p')).toEqual({ on: 'n', nominated: undefined });
});

test('a scheduler that starts anew puts a pod where it is nominated, though another node has less load', async () => {
  const nodes = [nodeOf('busy', '2'), nodeOf('empty', '64')];
  const { clock, cluster, start, stateOf } = await clusterWith(nodes, [podOf('p', '1')]);
  // the one before wrote where the pod goes, and died before its binding came through
  const lost = interceptBindings(cluster, async () => {
    await clock.sleep(minute);
    throw new InternalError('lost');
  });
  await cluster.patch(Node, { name: 'empty' }, mergePatch({ spec: { unschedulable: true } }));
  const { manager } = await start(lost);
  await clock.advance(2 * second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: 'busy' });
  manager.kill();
  await cluster.patch(Node, { name: 'empty' }, mergePatch({ spec: { unschedulable: null } }));
  await start();
  await clock.advance(second);
  expect(await stateOf('p')).toEqual({ on: 'busy', nominated: undefined });
});

test('a pod that does not fit any more where it is nominated goes elsewhere', async () => {
  const { clock, cluster, start, stateOf, nominate } = await clusterWith(
    [nodeOf('small', '1'), nodeOf('large', '4')],
    [podOf('p', '2')],
  );
  await nominate('p', 'small');
  await start(late(cluster, clock, 5 * second));
  await clock.advance(2 * second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: 'large' });
  await clock.advance(5 * second);
  expect(await stateOf('p')).toEqual({ on: 'large', nominated: undefined });
});

test('a pod that fits nowhere is nominated no more', async () => {
  const { clock, start, stateOf, nominate } = await clusterWith([nodeOf('n', '1')], [podOf('p', '2')]);
  await nominate('p', 'n');
  await start();
  await clock.advance(second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: undefined });
});

test('a pod stays nominated while a less important one is leaving its node', async () => {
  const pods = [podOf('p', '2', {}, { priority: 10 })];
  const { clock, cluster, start, stateOf, nominate } = await clusterWith([nodeOf('n', '2')], pods);
  const leaving = podOf('leaving', '1', {}, { terminationGracePeriodSeconds: 30 });
  await cluster.create(Pod, { ...leaving, spec: { containers: [], ...leaving.spec, nodeName: 'n' } });
  await nominate('p', 'n');
  await cluster.remove(Pod, { namespace, name: 'leaving' });
  await start();
  await clock.advance(second);
  expect(await stateOf('p')).toEqual({ on: undefined, nominated: 'n' });
  await cluster.remove(Pod, { namespace, name: 'leaving' }, { gracePeriodSeconds: 0 });
  await clock.advance(second);
  expect(await stateOf('p')).toEqual({ on: 'n', nominated: undefined });
});
