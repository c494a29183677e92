/** Work that ends: as the users of Jobs expect it, on the embedded cluster. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContainerClaim, type ContainerClaimSpec } from '../../src/api/container-claim.js';
import { ContainerPool, type ContainerPoolSpec } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Event, Pod } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels } from '../../src/api/names.js';
import { NotFound } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld, type EmbeddedWorld } from '../../src/embedded/index.js';
import { instant, simulation } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { aPool } from '../objects.js';

const namespace = 'default';
const ref = { namespace, name: 'work' };

let clock: VirtualClock;
let world: EmbeddedWorld;
let operator: ReturnType<typeof createOperator>;

async function startOperator() {
  const { cluster } = world;
  operator = createOperator({ cluster, clock, random: seededRandom('operator'), logger: silentLogger });
  await clock.settle(operator.start(), 10 * second);
}

beforeEach(async () => {
  clock = new VirtualClock();
  world = createEmbeddedWorld({ clock, random: seededRandom('work'), nodes: { count: 3, profile: instant } });
  for (const crd of customResourceDefinitions) await world.cluster.create(CustomResourceDefinition, crd);
  await clock.settle(world.start(), 10 * second);
  await startOperator();
});

afterEach(async () => {
  operator.kill();
  await clock.settle(world.stop(), 60 * second);
});

const main = { name: 'main', image: 'registry.test/app:1', command: ['/app'] };

async function makePool(spec: Partial<ContainerPoolSpec> = {}, restartPolicy: 'Never' | 'OnFailure' = 'Never') {
  const template = { spec: { restartPolicy, containers: [main] } };
  const pool = aPool({ replicas: 4, template, latch: latch.parse({ mode: 'Exec', image: 'busybox:1' }), ...spec });
  await world.cluster.create(ContainerPool, { metadata: { namespace, name: 'pool' }, spec: pool.spec });
  await clock.advance(5 * second);
}

/** A claim whose programs run for two seconds and end with these codes, an item each. */
async function claimWork(codes: readonly number[], spec: Partial<ContainerClaimSpec> = {}) {
  const items = codes.map((code) => ({
    count: 1,
    annotations: { [simulation.runFor]: '2s', [simulation.exitCode]: String(code) },
  }));
  await world.cluster.create(ContainerClaim, {
    metadata: ref,
    spec: { pool: { name: 'pool' }, items, whenEmpty: 'Wait', ...spec },
  });
}

const claim = () => world.cluster.get(ContainerClaim, ref);
const pods = async () => (await world.cluster.list(Pod, { labels: `${labels.claim}=${ref.name}` })).items;
const conditionOf = async (type: string) => findCondition((await claim()).status?.conditions, type);
const eventsOf = async (reason: string) =>
  (await world.cluster.list(Event, { namespace })).items.filter((event) => event.reason === reason);

describe('work that succeeds', () => {
  it('is done once: its containers stay until the claim goes, and the claim is complete', async () => {
    await makePool();
    await claimWork([0, 0]);
    await clock.advance(second);
    expect((await claim()).status).toMatchObject({ allocated: 2, active: 2, succeeded: 0, ready: 2 });
    const uids = (await pods()).map(({ metadata }) => metadata.uid);

    await clock.advance(10 * minute);
    expect((await claim()).status).toMatchObject({
      desired: 2,
      allocated: 2,
      active: 0,
      succeeded: 2,
      failed: 0,
      replaced: 0,
      completedIndexes: '0-1',
    });
    expect((await pods()).map(({ metadata }) => metadata.uid)).toEqual(uids);
    expect(await conditionOf('Complete')).toMatchObject({ status: 'True' });
    expect(await conditionOf('Finished')).toMatchObject({ status: 'True', reason: 'Complete' });
    expect(await conditionOf('Delivered')).toMatchObject({ status: 'True' });
    expect(await eventsOf('Complete')).toHaveLength(1);
  });

  it('stays done when somebody deletes its pod, and when another operator takes over', async () => {
    await makePool();
    await claimWork([0, 0]);
    await clock.advance(10 * second);
    for (const pod of await pods()) await world.cluster.remove(Pod, nameOf(pod), { gracePeriodSeconds: 0 });
    operator.kill();
    await startOperator();
    await clock.advance(minute);
    expect(await pods()).toEqual([]);
    expect((await claim()).status).toMatchObject({ succeeded: 2, replaced: 0 });
  });

  it('is not done when its container was lost on the way', async () => {
    await makePool();
    await claimWork([0]);
    await clock.advance(second);
    const [lost] = await pods();
    await world.cluster.remove(Pod, nameOf(lost!), { gracePeriodSeconds: 0 });
    await clock.advance(20 * second);
    const [other, ...more] = await pods();
    expect([other?.metadata.uid === lost!.metadata.uid, more.length]).toEqual([false, 0]);
    expect((await claim()).status).toMatchObject({ succeeded: 1, failed: 0, replaced: 1 });
  });

  it('is done once also where it was started cold', async () => {
    await makePool({ replicas: 0 });
    await claimWork([0, 0], { whenEmpty: 'Cold' });
    await clock.advance(5 * minute);
    expect(await pods()).toHaveLength(2);
    expect(await conditionOf('Complete')).toMatchObject({ status: 'True' });
  });
});

describe('work that fails', () => {
  it('is tried again after growing pauses, as often as backoffLimit says, and then the claim has failed', async () => {
    await makePool();
    await claimWork([3, 0], { backoffLimit: 2 });
    const startsOf = async () =>
      (await pods())
        .filter(({ metadata }) => metadata.annotations?.[annotations.index] === '0')
        .map(({ metadata }) => (Date.parse(metadata.annotations?.[annotations.deliveredAt] ?? '') - start) / 1000);
    const start = clock.now();
    await clock.advance(10 * minute);
    // runs of 2 s, pauses of 10 s and 20 s
    expect((await startsOf()).map(Math.round).sort((a, b) => a - b)).toEqual([0, 12, 34]);
    expect((await claim()).status).toMatchObject({ active: 0, succeeded: 1, failed: 3, replaced: 0 });
    expect(await conditionOf('Failed')).toMatchObject({
      status: 'True',
      reason: 'BackoffLimitExceeded',
      message: expect.stringMatching(/^3 failures, .*; last: pod \S+: its program ended with exit code 3$/),
    });
    expect(await conditionOf('Finished')).toMatchObject({ status: 'True' });
    expect(await conditionOf('Complete')).toBeUndefined();
    expect((await eventsOf('ContainerFailed')).length).toBe(3);
  });

  it('ends what still runs when the claim has failed', async () => {
    await makePool();
    await claimWork([1], {
      backoffLimit: 0,
      items: [
        { count: 1, annotations: { [simulation.runFor]: '2s', [simulation.exitCode]: '1' } },
        { name: 'endless', count: 1 },
      ],
    });
    await clock.advance(minute);
    expect((await pods()).map(({ metadata }) => metadata.annotations?.[annotations.item])).toEqual(['0']);
  });

  it('is started again in its place under OnFailure, and the claim says how often and why', async () => {
    await makePool({}, 'OnFailure');
    await claimWork([9], { backoffLimit: 3 });
    await clock.advance(20 * second);
    const { status } = await claim();
    const [pod] = await pods();
    expect(status?.restarts).toEqual({
      count: 2,
      lastReason: `pod ${pod?.metadata.name}: Error, exit code 9`,
    });
    expect(status).toMatchObject({ active: 1, failed: 2 });
    await clock.advance(10 * minute);
    expect(await conditionOf('Failed')).toMatchObject({ status: 'True', reason: 'BackoffLimitExceeded' });
  });
});

describe('a claim that got fewer than it asked for', () => {
  const few = { whenEmpty: 'Fail', minAvailable: 1 } as const;

  it('has work that failed tried again', async () => {
    await makePool({ replicas: 2 });
    await claimWork([3, 0, 0, 0], { ...few, backoffLimit: 1 });
    await clock.advance(5 * minute);
    expect((await claim()).status).toMatchObject({ grantedIndexes: '0-1', failed: 2, succeeded: 1, lastExitCode: 3 });
    expect(await conditionOf('Failed')).toMatchObject({ status: 'True' });
  });

  it('has lost work done by others, and is complete when all that it got is done', async () => {
    await makePool({ replicas: 2 });
    await claimWork([0, 0, 0], few);
    await clock.advance(second);
    const [lost] = await pods();
    await world.cluster.remove(Pod, nameOf(lost!), { gracePeriodSeconds: 0 });
    await clock.advance(minute);
    expect((await claim()).status).toMatchObject({ desired: 3, grantedIndexes: '0-1', completedIndexes: '0-1' });
    expect(await conditionOf('Complete')).toMatchObject({ status: 'True', message: '2 containers succeeded' });
  });
});

describe('a finished claim', () => {
  it('goes after ttlSecondsAfterFinished, with its pods', async () => {
    await makePool();
    await claimWork([0], { ttlSecondsAfterFinished: 60 });
    await clock.advance(50 * second);
    expect(await pods()).toHaveLength(1);
    await clock.advance(30 * second);
    await expect(claim()).rejects.toThrow(NotFound);
    expect(await pods()).toEqual([]);
  });

  it('goes after the time that its pool gives, when it states none', async () => {
    const { claims } = aPool().spec;
    await makePool({ claims: { ...claims, ttlSecondsAfterFinished: 0 } });
    await claimWork([5], { backoffLimit: 0 });
    await clock.advance(10 * second);
    await expect(claim()).rejects.toThrow(NotFound);
  });

  it('stays where nobody says for how long', async () => {
    await makePool();
    await claimWork([0]);
    await clock.advance(120 * minute);
    expect(await conditionOf('Complete')).toMatchObject({ status: 'True' });
    expect(await pods()).toHaveLength(1);
  });

  it('goes when its pool says only later for how long', async () => {
    await makePool();
    await claimWork([0]);
    await clock.advance(minute);
    const change = { spec: { claims: { ttlSecondsAfterFinished: 90 } } };
    await world.cluster.patch(ContainerPool, { namespace, name: 'pool' }, mergePatch(change));
    await clock.advance(20 * second);
    expect(await conditionOf('Complete')).toMatchObject({ status: 'True' });
    await clock.advance(20 * second);
    await expect(claim()).rejects.toThrow(NotFound);
  });
});
