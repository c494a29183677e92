import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deployment, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import { controllerOf } from '../../src/api/meta/kind.js';
import type { Draft } from '../../src/api/meta/resource.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { limitsOf } from '../../src/embedded/controllers/deployment/limits.js';
import { realistic, simulation } from '../../src/embedded/nodes/index.js';
import { minute, second } from '../../src/support/time.js';
import { conditionOf, containerOf, inDefault, podDraft, type Trial, trial } from './harness.js';

const web = inDefault('web');
const labels = { app: 'web' };

function replicaSet(replicas: number): Draft<ReplicaSet> {
  const template = { metadata: { labels }, spec: { containers: [containerOf()] } };
  return { metadata: web, spec: { replicas, selector: { matchLabels: labels }, template } };
}

function deployment(
  replicas: number,
  spec: Partial<NonNullable<Deployment['spec']>> = {},
  image = 'web:1',
): Draft<Deployment> {
  const template = { metadata: { labels }, spec: { containers: [containerOf({ image })] } };
  return { metadata: web, spec: { replicas, selector: { matchLabels: labels }, template, ...spec } };
}

const pods = async ({ cluster }: Trial) => (await cluster.list(Pod, { namespace: 'default' })).items;
const sets = async ({ cluster }: Trial) => (await cluster.list(ReplicaSet, { namespace: 'default' })).items;
const sizes = async (world: Trial) => (await sets(world)).map(({ spec }) => spec?.replicas ?? 0).sort((a, b) => a - b);
const setImage = (world: Trial, image: string) =>
  world.cluster.patch(
    Deployment,
    web,
    mergePatch({ spec: { template: { spec: { containers: [containerOf({ image })] } } } }),
  );
const scale = (world: Trial, replicas: number) =>
  world.cluster.patch(Deployment, web, mergePatch({ spec: { replicas } }));

describe('ReplicaSet', () => {
  test('makes what is missing, replaces what is lost, and says so', async () => {
    const world = await trial();
    await world.cluster.create(ReplicaSet, replicaSet(5));
    await world.clock.advance(second);
    const [first] = await pods(world);
    expect(await pods(world)).toHaveLength(5);
    expect(first?.metadata).toMatchObject({ generateName: 'web-', labels });
    expect((await world.cluster.get(ReplicaSet, web)).status).toMatchObject({
      replicas: 5,
      fullyLabeledReplicas: 5,
      readyReplicas: 5,
      availableReplicas: 5,
      observedGeneration: 1,
    });
    await world.cluster.remove(Pod, inDefault(first?.metadata.name ?? ''));
    await world.clock.advance(5 * second);
    const after = await pods(world);
    expect(after).toHaveLength(5);
    expect(after.map(({ metadata }) => metadata.name)).not.toContain(first?.metadata.name);
  });

  test('deletes a surplus, the pod that is not ready first', async () => {
    const world = await trial();
    await world.cluster.create(ReplicaSet, replicaSet(3));
    await world.clock.advance(second);
    await world.cluster.create(Pod, podDraft('lame', { labels, annotations: { [simulation.fail]: 'never-ready' } }));
    await world.clock.advance(second);
    const left = (await pods(world)).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    expect(left).toHaveLength(3);
    expect(left.map(({ metadata }) => metadata.name)).not.toContain('lame');
  });

  test('adopts a pod that its selector selects, and releases one that it no longer does', async () => {
    const world = await trial();
    await world.cluster.create(Pod, podDraft('stray', { labels }));
    await world.cluster.create(ReplicaSet, replicaSet(2));
    await world.clock.advance(second);
    expect(await pods(world)).toHaveLength(2);
    const { uid } = (await world.cluster.get(ReplicaSet, web)).metadata;
    expect(controllerOf(await world.cluster.get(Pod, inDefault('stray')))).toMatchObject({
      uid,
      blockOwnerDeletion: true,
    });

    await world.cluster.patch(Pod, inDefault('stray'), mergePatch({ metadata: { labels: { app: 'other' } } }));
    await world.clock.advance(second);
    expect((await world.cluster.get(Pod, inDefault('stray'))).metadata.ownerReferences).toBeUndefined();
    expect(await pods(world)).toHaveLength(3);
  });

  test('a pod is available only after minReadySeconds', async () => {
    const world = await trial();
    const draft = replicaSet(2);
    await world.cluster.create(ReplicaSet, {
      ...draft,
      spec: { ...draft.spec, selector: { matchLabels: labels }, minReadySeconds: 30 },
    });
    await world.clock.advance(10 * second);
    expect((await world.cluster.get(ReplicaSet, web)).status).toMatchObject({ readyReplicas: 2, availableReplicas: 0 });
    await world.clock.advance(25 * second);
    expect((await world.cluster.get(ReplicaSet, web)).status).toMatchObject({ readyReplicas: 2, availableReplicas: 2 });
  });
});

type Disturbance = { readonly do: 'scale' | 'kill' | 'stray' | 'relabel'; readonly to: number };

async function disturb(world: Trial, { do: what, to }: Disturbance, turn: number): Promise<void> {
  const { cluster } = world;
  const all = await pods(world);
  const one = all[to % Math.max(1, all.length)];
  const relabel = (app: string) => mergePatch({ metadata: { labels: { app } } });
  if (what === 'scale') await cluster.patch(ReplicaSet, web, mergePatch({ spec: { replicas: to } }));
  if (what === 'stray') await cluster.create(Pod, podDraft(`stray-${turn}`, { labels }));
  if (what === 'kill' && one) await cluster.remove(Pod, inDefault(one.metadata.name));
  if (what === 'relabel' && one)
    await cluster.patch(
      Pod,
      inDefault(one.metadata.name),
      relabel(one.metadata.labels?.app === 'web' ? 'other' : 'web'),
    );
}

test('whatever happens, a ReplicaSet ends with as many pods as it says, and with none that it does not select', async () => {
  const disturbance = fc.record({
    do: fc.constantFrom<Disturbance['do'][]>('scale', 'kill', 'stray', 'relabel'),
    to: fc.integer({ min: 0, max: 12 }),
  });
  const steps = fc.array(fc.tuple(disturbance, fc.integer({ min: 0, max: 3000 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer(), steps, async (seed, history) => {
      const world = await trial({ seed, nodes: { count: 3, profile: realistic, images: ['web:1'] } });
      await world.cluster.create(ReplicaSet, replicaSet(4));
      for (const [turn, [step, pause]] of history.entries()) {
        await disturb(world, step, turn);
        await world.clock.advance(pause);
      }
      await world.clock.advance(2 * minute);
      const set = await world.cluster.get(ReplicaSet, web);
      const left = await pods(world);
      const own = left.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
      expect(own).toHaveLength(set.spec?.replicas ?? 0);
      for (const pod of left) expect(own.includes(pod)).toBe(pod.metadata.labels?.app === 'web');
      expect(set.status?.readyReplicas ?? 0).toBe(set.spec?.replicas);
    }),
    { numRuns: 25 },
  );
});

describe('Deployment', () => {
  test('makes a ReplicaSet whose selector, template and pods carry the hash', async () => {
    const world = await trial();
    await world.cluster.create(Deployment, deployment(3));
    await world.clock.advance(second);
    const [set] = await sets(world);
    const hash = set?.metadata.labels?.['pod-template-hash'];
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(set?.spec?.selector.matchLabels).toEqual({ app: 'web', 'pod-template-hash': hash });
    for (const { metadata } of await pods(world))
      expect(metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash });
    const found = await world.cluster.get(Deployment, web);
    expect(found.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' });
    expect(found.status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
    expect(conditionOf(found, 'Available')).toBe('True/MinimumReplicasAvailable');
    expect(conditionOf(found, 'Progressing')).toBe('True/NewReplicaSetAvailable');
  });

  test('rolls a new template out, back to the old ReplicaSet, and forgets what is beyond the history limit', async () => {
    const world = await trial();
    await world.cluster.create(Deployment, deployment(4, { revisionHistoryLimit: 2 }));
    await world.clock.advance(10 * second);
    const [first] = await sets(world);
    await setImage(world, 'web:2');
    await world.clock.advance(10 * second);
    expect((await pods(world)).map(({ spec }) => spec?.containers[0]?.image)).toEqual(
      Array.from({ length: 4 }, () => 'web:2'),
    );
    await setImage(world, 'web:1');
    await world.clock.advance(10 * second);
    const back = await world.cluster.get(ReplicaSet, inDefault(first?.metadata.name ?? ''));
    expect(back.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
    expect(back.spec?.replicas).toBe(4);
    for (const image of ['web:3', 'web:4', 'web:5']) {
      await setImage(world, image);
      await world.clock.advance(10 * second);
    }
    const revisions = (await sets(world)).map(
      ({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'],
    );
    expect(revisions.toSorted((a, b) => Number(a) - Number(b))).toEqual(['4', '5', '6']);
  });

  test('Recreate starts nothing new before everything old is gone', async () => {
    const world = await trial({ nodes: { count: 3, profile: realistic } });
    await world.cluster.create(Deployment, deployment(3, { strategy: { type: 'Recreate' } }));
    await world.clock.advance(30 * second);
    await setImage(world, 'web:2');
    const images = new Set<string>();
    for (let i = 0; i < 300; i++) {
      await world.clock.advance(100);
      images.add([...new Set((await pods(world)).map(({ spec }) => spec?.containers[0]?.image))].join());
    }
    expect([...images].filter((seen) => seen !== '')).toEqual(['web:1', 'web:2']);
    expect(conditionOf(await world.cluster.get(Deployment, web), 'Available')).toBe('True/MinimumReplicasAvailable');
  });

  test('a roll-out whose pods never get ready stops within its limits and misses its deadline', async () => {
    const world = await trial();
    await world.cluster.create(Deployment, deployment(4, { progressDeadlineSeconds: 60 }));
    await world.clock.advance(10 * second);
    const template = { metadata: { annotations: { [simulation.fail]: 'never-ready' } } };
    await world.cluster.patch(Deployment, web, mergePatch({ spec: { template } }));
    await world.clock.advance(2 * minute);
    const found = await world.cluster.get(Deployment, web);
    expect(found.status).toMatchObject({ replicas: 5, availableReplicas: 3, updatedReplicas: 2 });
    expect(conditionOf(found, 'Progressing')).toBe('False/ProgressDeadlineExceeded');
    expect(conditionOf(found, 'Available')).toBe('True/MinimumReplicasAvailable');
  });

  test('a paused one scales, each ReplicaSet by its share, but rolls nothing out', async () => {
    const world = await trial();
    await world.cluster.create(
      Deployment,
      deployment(10, { strategy: { rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } }),
    );
    await world.clock.advance(10 * second);
    const template = { metadata: { annotations: { [simulation.fail]: 'never-ready' } } };
    await world.cluster.patch(Deployment, web, mergePatch({ spec: { template } }));
    await world.clock.advance(10 * second);
    expect(await sizes(world)).toEqual([5, 8]);
    await world.cluster.patch(Deployment, web, mergePatch({ spec: { paused: true, replicas: 15 } }));
    await world.clock.advance(10 * second);
    // the example of the Kubernetes documentation: of five more pods, three go to the larger and two to the smaller
    expect(await sizes(world)).toEqual([7, 11]);
  });

  test('whatever happens, no roll-out leaves its limits, and the end is what the spec says', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('scale' as const), to: fc.integer({ min: 0, max: 12 }) }),
      fc.record({ do: fc.constant('image' as const), to: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('kill' as const), to: fc.integer({ min: 0, max: 20 }) }),
    );
    const limit = fc.constantFrom<(string | number)[]>('0%', '25%', '50%', 1, 2);
    const history = fc.record({
      seed: fc.integer(),
      surge: limit,
      unavailable: limit,
      steps: fc.array(fc.tuple(step, fc.integer({ min: 1, max: 20_000 })), { maxLength: 8 }),
    });
    await fc.assert(fc.asyncProperty(history, runHistory), { numRuns: 25 });
  });
});

interface History {
  readonly seed: number;
  readonly surge: string | number;
  readonly unavailable: string | number;
  readonly steps: readonly (readonly [{ readonly do: 'scale' | 'image' | 'kill'; readonly to: number }, number])[];
}

async function runHistory({ seed, surge, unavailable, steps }: History): Promise<void> {
  const world = await trial({ seed, nodes: { count: 3, profile: realistic, images: ['web:1', 'web:2', 'web:3'] } });
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } };
  const zero = (value: string | number) => value === 0 || value === '0%';
  if (zero(surge) && zero(unavailable)) return;
  await world.cluster.create(Deployment, deployment(6, { strategy }));
  await world.clock.advance(minute);
  for (const [step, pause] of steps) {
    const disturbed = step.do !== 'image';
    if (step.do === 'scale') await scale(world, step.to);
    if (step.do === 'image') await setImage(world, `web:${step.to}`);
    if (step.do === 'kill') {
      const all = await pods(world);
      const victim = all[step.to % Math.max(1, all.length)];
      if (victim) await world.cluster.remove(Pod, inDefault(victim.metadata.name));
    }
    // only a roll-out by itself is held to its minimum: a kill or a change of size begins below it
    await watchFor(world, pause, { minimum: disturbed ? 'unchecked' : 'checked' });
    if (disturbed) await world.clock.advance(2 * minute);
  }
  await world.clock.advance(5 * minute);
  const wanted = await world.cluster.get(Deployment, web);
  const image = wanted.spec?.template.spec?.containers[0]?.image;
  const alive = await pods(world);
  expect(alive.map(({ spec }) => spec?.containers[0]?.image)).toEqual(
    Array.from({ length: wanted.spec?.replicas ?? 0 }, () => image),
  );
  expect(conditionOf(wanted, 'Progressing')).toBe('True/NewReplicaSetAvailable');
}

async function watchFor(
  world: Trial,
  time: number,
  { minimum }: { readonly minimum: 'checked' | 'unchecked' },
): Promise<void> {
  const began = await available(world);
  for (let passed = 0; passed < time; passed += 250) {
    await world.clock.advance(250);
    const limits = limitsOf(await world.cluster.get(Deployment, web));
    const total = (await sets(world)).reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0);
    if (minimum === 'unchecked') continue;
    expect(total).toBeLessThanOrEqual(limits.replicas + limits.surge);
    expect(await available(world)).toBeGreaterThanOrEqual(Math.min(began, limits.replicas - limits.unavailable));
  }
}

const available = async (world: Trial): Promise<number> =>
  (await pods(world)).filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && conditionOf(pod, 'Ready') === 'True',
  ).length;
