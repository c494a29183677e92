import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { PodDisruptionBudget } from '../../../api/administration.js';
import { ContainerPool } from '../../../api/container-pool.js';
import { customResourceDefinitions } from '../../../api/crds.js';
import { CustomResourceDefinition, Deployment, Eviction, Pod, StatefulSet } from '../../../api/kubernetes.js';
import { controllerReference, type Kind } from '../../../api/meta/kind.js';
import type { OwnerReference } from '../../../api/meta/metadata.js';
import { nameOf, type Resource } from '../../../api/meta/resource.js';
import { ApiError, Conflict, TooManyRequests } from '../../../cluster/errors.js';
import { mergePatch } from '../../../cluster/patch.js';
import { seededRandom } from '../../../support/random.js';
import { minute, second } from '../../../support/time.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import type { EmbeddedCluster } from '../../index.js';
import { isReady } from '../../pod-readiness.js';
import { createEmbeddedWorld, type EmbeddedWorldOptions } from '../../world.js';

const namespace = 'default';
const labels = { app: 'web' };
const selector = { matchLabels: labels };
const ref = { namespace, name: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };

/** A cluster with a budget for the pods of `app=web`. */
async function started(spec: object, options: Partial<EmbeddedWorldOptions> = {}) {
  const clock = new VirtualClock();
  const world = createEmbeddedWorld({ clock, random: seededRandom(1), nodes: { count: 2 }, ...options });
  await clock.settle(world.start(), minute);
  const { cluster } = world;
  await clock.settle(cluster.create(PodDisruptionBudget, { metadata: ref, spec: { selector, ...spec } }), minute);
  const pods = async () => (await clock.settle(cluster.list(Pod, { namespace, labels: 'app=web' }), minute)).items;
  const status = async () => (await clock.settle(cluster.get(PodDisruptionBudget, ref), minute)).status;
  const evict = (pod: Pod | undefined, deleteOptions = {}) =>
    pod ? cluster.create(Eviction, { metadata: nameOf(pod), deleteOptions }) : Promise.reject(new Error('no such pod'));
  return { clock, cluster, pods, status, evict, stop: () => clock.settle(world.stop(), minute) };
}

/** With a Deployment of four pods that are ready. */
async function deployed(spec: object, options: Partial<EmbeddedWorldOptions> = {}) {
  const scene = await started(spec, options);
  const { clock, cluster } = scene;
  await clock.settle(cluster.create(Deployment, { metadata: ref, spec: { replicas: 4, selector, template } }), minute);
  await clock.advance(minute);
  return scene;
}

test('a budget of three among four pods lets one go, and the next when another is ready in its place', async () => {
  const { clock, pods, status, evict, stop } = await deployed({ minAvailable: 3 });
  expect(await status()).toMatchObject({
    expectedPods: 4,
    currentHealthy: 4,
    desiredHealthy: 3,
    disruptionsAllowed: 1,
  });
  const [first, second_] = await pods();
  await evict(first);
  await expect(evict(second_)).rejects.toThrow(TooManyRequests);
  await clock.advance(second);
  await expect(evict(second_)).rejects.toThrow(TooManyRequests);
  await clock.advance(minute);
  expect(await status()).toMatchObject({ expectedPods: 4, currentHealthy: 4, disruptionsAllowed: 1 });
  await evict(second_);
  await clock.advance(minute);
  const left = (await pods()).map(({ metadata }) => metadata.name);
  expect(left).toHaveLength(4);
  expect(left).not.toContain(first?.metadata.name);
  expect(left).not.toContain(second_?.metadata.name);
  await stop();
});

test('an eviction that was allowed and not carried out is given up after two minutes', async () => {
  const { clock, pods, status, evict, stop } = await deployed({ minAvailable: 3 });
  const [first] = await pods();
  await expect(evict(first, { preconditions: { uid: 'other' } })).rejects.toThrow(Conflict);
  await clock.advance(119 * second);
  expect(await status()).toMatchObject({ currentHealthy: 3, disruptionsAllowed: 0 });
  await clock.advance(2 * second);
  expect(await status()).toMatchObject({ currentHealthy: 4, disruptionsAllowed: 1 });
  expect((await status())?.disruptedPods).toBeUndefined();
  await stop();
});

const unlessRefused = (error: unknown) => {
  if (!(error instanceof ApiError)) throw error;
};

test('evictions at any time leave as many pods ready as the budget asks, also when every call takes a while', async () => {
  const step = fc.record({ picks: fc.array(fc.nat(5), { maxLength: 3 }), pause: fc.integer({ min: 0, max: 8000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(200), async (steps, latency) => {
      const store = { latency: () => latency };
      const { clock, pods, evict, stop } = await deployed({ minAvailable: 3 }, { store });
      for (const { picks, pause } of steps) {
        const there = await pods();
        const evictions = picks.map((pick) => evict(there[pick % there.length]).catch(unlessRefused));
        await clock.settle(Promise.all(evictions), minute);
        const healthy = (await pods()).filter((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined);
        expect(healthy.length).toBeGreaterThanOrEqual(3);
        await clock.advance(pause);
      }
      await stop();
    }),
    { numRuns: 20 },
  );
});

describe('a budget in terms of replicas', () => {
  /** What the controller says of two ready pods that have this owner. */
  async function statusUnder(ownerOf: (cluster: EmbeddedCluster) => Promise<OwnerReference | undefined>) {
    const scene = await started({ maxUnavailable: '20%' }, { nodes: { count: 0 }, controllers: ['disruption'] });
    const { cluster, clock } = scene;
    for (const definition of customResourceDefinitions) await cluster.create(CustomResourceDefinition, definition);
    const owner = await ownerOf(cluster);
    for (const name of ['a', 'b']) {
      const metadata = { namespace, name, labels, ...(owner && { ownerReferences: [owner] }) };
      await cluster.create(Pod, { metadata, spec: template.spec });
      const running = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      await cluster.patch(Pod, { namespace, name }, mergePatch({ status: running }), { subresource: 'status' });
    }
    await clock.advance(second);
    const status = await scene.status();
    await scene.stop();
    return status;
  }

  // what a user writes is less than what the type of a stored pool promises
  const Pool: Kind<Resource & { readonly spec?: object }> = ContainerPool;
  const pool = { metadata: ref, spec: { replicas: 6, template: { spec: template.spec } } };
  const createPool = async (cluster: EmbeddedCluster) => controllerReference(Pool, await cluster.create(Pool, pool));
  const createSet = async (cluster: EmbeddedCluster) => {
    const spec = { replicas: 6, selector, template, serviceName: 'web' };
    return controllerReference(StatefulSet, await cluster.create(StatefulSet, { metadata: ref, spec }));
  };

  // by hand: 20 % of 6 are 1.2, so 2 may be away and 4 must be there
  it.each([
    ['a StatefulSet', createSet],
    ['a custom object with a scale', createPool],
  ])('counts those of %s', async (_, ownerOf) => {
    expect(await statusUnder(ownerOf)).toMatchObject({ expectedPods: 6, desiredHealthy: 4, currentHealthy: 2 });
  });

  it.each<[string, (cluster: EmbeddedCluster) => Promise<OwnerReference>, string]>([
    [
      'is gone',
      async (cluster) => ({ ...(await createSet(cluster)), uid: 'other' }),
      'found no controllers for pod "a"',
    ],
    [
      'is a custom object that is gone',
      async (cluster) => ({ ...(await createPool(cluster)), name: 'other' }),
      'found no controllers for pod "a"',
    ],
    [
      'has no scale',
      async (cluster) => ({ ...(await createPool(cluster)), kind: 'ContainerClaim' }),
      'containerclaims.penstock.dev does not implement the scale subresource',
    ],
    [
      'is of an unknown kind',
      async (cluster) => ({ ...(await createPool(cluster)), kind: 'Other' }),
      'no matches for kind "Other" in version "penstock.dev/v1alpha1"',
    ],
  ])('fails when the controller of a pod %s', async (_, ownerOf, message) => {
    const status = await statusUnder(ownerOf);
    expect(status).toMatchObject({ disruptionsAllowed: 0, conditions: [{ reason: 'SyncFailed', message }] });
  });

  it('does not count pods that nobody controls', async () => {
    const status = await statusUnder(() => Promise.resolve(undefined));
    expect(status).toMatchObject({ expectedPods: 0, currentHealthy: 2, disruptionsAllowed: 0 });
  });
});
