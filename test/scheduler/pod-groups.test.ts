/** Gangs by PodGroups, on the embedded cluster with a definition that stands for the kind. */
import { expect, test } from 'vitest';
import { CustomResourceDefinition, Node, Pod } from '../../src/api/kubernetes.js';
import { PodGroup } from '../../src/api/pod-group.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { EmbeddedCluster } from '../../src/embedded/index.js';
import { createScheduler } from '../../src/operator/index.js';
import { PodGroupConditions } from '../../src/scheduler/pod-groups/conditions.js';
import { servesPodGroups } from '../../src/scheduler/index.js';
import { createPolicy, createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { createPodGroup, podGroupDefinition } from './pod-group.js';

const namespace = 'default';
type Spec = Partial<NonNullable<Pod['spec']>>;
const member = (name: string, podGroupName: string, spec: Spec = {}): Draft<Pod> => ({
  metadata: { namespace, name },
  spec: {
    containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '1' } } }],
    schedulingGroup: { podGroupName },
    ...spec,
  },
});

interface Given {
  readonly cpu: string;
  readonly hasKind?: boolean;
  readonly batches?: boolean;
}

/** A node, and a scheduler that runs. */
async function started({ cpu, hasKind = true, batches = false }: Given) {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  if (hasKind) await cluster.create(CustomResourceDefinition, podGroupDefinition);
  await cluster.create(Node, { metadata: { name: 'n' }, status: { allocatable: { cpu, memory: '8Gi', pods: '20' } } });
  const batchPolicy = batches ? createPolicy('max-weight') : undefined;
  const { manager } = createScheduler({
    watchesVolumes: false,
    watchesPodGroups: await servesPodGroups({ cluster, clock, logger: silentLogger }, new AbortController().signal),
    cluster,
    clock,
    random: seededRandom(2),
    logger: silentLogger,
    profiles: [
      {
        schedulerName: 'default-scheduler',
        policy: createScorePolicy('balance'),
        ...(batchPolicy?.kind === 'batch' && { batchPolicy }),
      },
    ],
  });
  await clock.settle(manager.start(), minute);
  const create = async (...pods: readonly Draft<Pod>[]) => {
    for (const pod of pods) await cluster.create(Pod, pod);
    await clock.advance(second);
  };
  /** By name: the node of a pod, or why it has none. */
  const state = async () =>
    Object.fromEntries(
      (await cluster.list(Pod, { namespace })).items.map(({ metadata, spec, status }) => [
        metadata.name,
        spec?.nodeName ?? status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message,
      ]),
    );
  const conditionsOf = async (name: string) =>
    (await cluster.get(PodGroup, { namespace, name })).status?.conditions?.map(
      ({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`,
    );
  return { clock, cluster, create, state, conditionsOf };
}

test('pods that name a PodGroup are bound when there are enough of them, and none before', async () => {
  const { cluster, create, state, conditionsOf } = await started({ cpu: '8' });
  await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 3 } });
  await create(member('a', 'g'), member('b', 'g'));
  const waiting = 'pod group default/g has 2 of the 3 pods that it needs';
  expect(await state()).toEqual({ a: waiting, b: waiting });
  expect(await conditionsOf('g')).toEqual([`PodGroupInitiallyScheduled False Unschedulable ${waiting}`]);
  await create(member('c', 'g'));
  expect(await state()).toEqual({ a: 'n', b: 'n', c: 'n' });
  expect(await conditionsOf('g')).toEqual(['PodGroupInitiallyScheduled True Scheduled ']);
});

test('none of the pods of a PodGroup is bound where fewer fit than it needs', async () => {
  const { cluster, create, state } = await started({ cpu: '2' });
  await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 3 } });
  await create(member('a', 'g'), member('b', 'g'), member('c', 'g'));
  const tooFew = 'pod group default/g does not fit as a whole: 0/1 nodes are available: 1 Insufficient cpu.';
  expect(await state()).toEqual({ a: tooFew, b: tooFew, c: tooFew });
});

test('a PodGroup that needs one pod takes what fits', async () => {
  const { cluster, create, state } = await started({ cpu: '2' });
  await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 1 } });
  await create(member('a', 'g'), member('b', 'g'), member('c', 'g'));
  expect(Object.values(await state()).filter((node) => node === 'n')).toHaveLength(2);
});

test('pods wait for the PodGroup that they name, and are bound when it comes', async () => {
  const { clock, cluster, create, state } = await started({ cpu: '8' });
  await create(member('a', 'late'), member('b', 'late'));
  const missing = 'pod group default/late does not exist';
  expect(await state()).toEqual({ a: missing, b: missing });
  await createPodGroup(cluster, namespace, 'late', { gang: { minCount: 2 } });
  await clock.advance(second);
  expect(await state()).toEqual({ a: 'n', b: 'n' });
});

test('a PodGroup that needs fewer pods than before lets those go that wait', async () => {
  const { clock, cluster, create, state } = await started({ cpu: '8' });
  await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 3 } });
  await create(member('a', 'g'), member('b', 'g'));
  const change = mergePatch({ spec: { schedulingPolicy: { gang: { minCount: 2 } } } });
  await cluster.patch(PodGroup, { namespace, name: 'g' }, change);
  await clock.advance(second);
  expect(await state()).toEqual({ a: 'n', b: 'n' });
});

test('pods of a PodGroup without a gang are placed one by one, jobs by the batch policy', async () => {
  const { cluster, create, state, conditionsOf } = await started({ cpu: '2', batches: true });
  await createPodGroup(cluster, namespace, 'g', { basic: {} });
  await create(...['a', 'b', 'c'].map((name) => member(name, 'g', { restartPolicy: 'Never' })));
  expect(Object.values(await state()).filter((node) => node === 'n')).toHaveLength(2);
  expect(await conditionsOf('g')).toEqual(['PodGroupInitiallyScheduled True Scheduled ']);
});

test('a PodGroup that was scheduled once stays so when more pods come that do not fit', async () => {
  const { cluster, create, conditionsOf } = await started({ cpu: '2' });
  await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 2 } });
  await create(member('a', 'g'), member('b', 'g'));
  await create(member('c', 'g'));
  expect(await conditionsOf('g')).toEqual(['PodGroupInitiallyScheduled True Scheduled ']);
});

test('a PodGroup that is bound to a topology is left to kube-scheduler', async () => {
  const { cluster, create, state } = await started({ cpu: '8' });
  await cluster.create(PodGroup, {
    metadata: { namespace, name: 'g' },
    spec: {
      schedulingPolicy: { gang: { minCount: 1 } },
      schedulingConstraints: { topology: [{ key: 'topology.kubernetes.io/rack' }] },
    },
  });
  await create(member('a', 'g'));
  expect(await state()).toEqual({
    a: 'Pod group g states constraints on the topology. This scheduler does not do that: use schedulerName default-scheduler.',
  });
});

test('a pod that names a PodGroup waits where the server has none', async () => {
  const { create, state } = await started({ cpu: '8', hasKind: false });
  await create(member('a', 'g'));
  expect(await state()).toEqual({
    a: 'pod group default/g is not known: the server had no PodGroups when this scheduler started',
  });
});

test('what is to be said of a PodGroup that somebody else has changed is said when that change arrives', async () => {
  const clock = new VirtualClock();
  const cluster = new EmbeddedCluster({ clock, random: seededRandom(1) });
  await cluster.create(CustomResourceDefinition, podGroupDefinition);
  const ref = { namespace, name: 'g' };
  const before = await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 1 } });
  const after = await cluster.patch(PodGroup, ref, mergePatch({ metadata: { annotations: { 'example.com/a': 'b' } } }));
  const conditions = new PodGroupConditions({ cluster, clock });
  const { signal } = new AbortController();
  conditions.report(before, { scheduled: true }, { signal, log: silentLogger });
  await clock.advance(second);
  expect((await cluster.get(PodGroup, ref)).status).toBeUndefined();
  conditions.observe(after);
  await clock.advance(second);
  expect((await cluster.get(PodGroup, ref)).status?.conditions?.map(({ status }) => status)).toEqual(['True']);
});
