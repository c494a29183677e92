/** The library on a cluster in this process, and what only a cluster that can be disturbed shows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { Penstock as Client } from '../../src/client/penstock.js';
import { Penstock } from '../../src/client/library.js';
import { TestCluster } from '../../src/client/testing.js';
import { Unreachable } from '../../src/cluster/errors.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { minute, second } from '../../src/support/time.js';
import { seededRandom } from '../../src/support/random.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { FlakyCluster } from '../runtime/flaky-cluster.js';
import { cases, pools } from './cases.js';
import { aPool } from '../objects.js';

describe('on the cluster of penstock/testing', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await TestCluster.start();
  });
  afterAll(() => cluster.stop());

  test.each(Object.entries(cases))('%s', async (name, run) => {
    expect.hasAssertions();
    const namespace = name
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '-')
      .slice(0, 60);
    const penstock = await cluster.connect(namespace);
    for (const { metadata, ...pool } of pools) {
      await cluster.apply(JSON.stringify({ ...pool, metadata: { ...metadata, namespace } }));
    }
    await cluster.untilStocked('web', { namespace });
    await run({ penstock, lose: (container) => cluster.lose({ namespace, name: container }) });
  });

  test('a manifest that is not right is refused as a whole', async () => {
    const [good] = pools;
    const manifest = `${JSON.stringify(good)}\n---\n{kind: ContainerPool, apiVersion: penstock.dev/v1alpha1}`;
    await expect(cluster.apply(manifest)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringMatching(/manifest:\d+:\d+: metadata: is required/),
    });
    await expect((await cluster.connect()).pool('web')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' });
  });
});

/** A pool on an API server that nobody works on, in virtual time; and a way to it that can be disturbed. */
async function disturbed(seed: number) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const { cluster } = createEmbeddedWorld({ clock, random, nodes: { count: 0, profile: instant } });
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const { metadata, ...pool } = aPool();
  await cluster.create(ContainerPool, { ...pool, metadata: { namespace: 'default', name: metadata.name } });
  const way = new FlakyCluster(cluster, clock, random.split('way'));
  const where = { server: 'https://test' };
  const penstock = new Client({ cluster: way, clock, namespace: 'default', where, close: () => {} });
  return { clock, cluster, way, penstock };
}

describe('when answers get lost', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('one request is one claim, seed %i', async (seed) => {
    const { clock, cluster, way, penstock } = await disturbed(seed);
    Object.assign(way.faults, { lost: 0.3, refused: 0.1 });
    const { uid } = await clock.settle(penstock.claim({ pool: 'pool', items: [{ count: 1 }] }), minute);
    expect((await cluster.list(ContainerClaim)).items.map(({ metadata }) => metadata.uid)).toEqual([uid]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('what is given back is gone, seed %i', async (seed) => {
    const { clock, cluster, way, penstock } = await disturbed(seed);
    const claim = await clock.settle(penstock.claim({ pool: 'pool', items: [{ count: 1 }] }), minute);
    Object.assign(way.faults, { lost: 0.3, refused: 0.1 });
    await clock.settle(claim.release(), minute);
    expect((await cluster.list(ContainerClaim)).items).toEqual([]);
  });

  test('a server that is away for good is said to be away', async () => {
    const { clock, way, penstock } = await disturbed(1);
    way.faults.cut = true;
    const asked = clock.now();
    await expect(clock.settle(penstock.claim({ pool: 'pool', items: [{ count: 1 }] }), minute)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('https://test'),
    });
    expect(clock.now() - asked).toBeLessThan(10 * second);
  });

  test('an abort between two tries takes the claim back; with a name it stays', async () => {
    for (const name of [undefined, 'job']) {
      const { clock, cluster, way, penstock } = await disturbed(1);
      const abort = new AbortController();
      way.create = async (kind, object, options) => {
        await cluster.create(kind, object, options);
        clock.at(clock.now() + 50, () => abort.abort());
        throw new Unreachable('the answer was lost');
      };
      const request = { ...(name !== undefined && { name }), pool: 'pool', items: [{ count: 1 }] };
      const asking = penstock.claim(request, { signal: abort.signal });
      await expect(clock.settle(asking, minute)).rejects.toMatchObject({ name: 'AbortError' });
      expect((await cluster.list(ContainerClaim)).items).toHaveLength(name === undefined ? 0 : 1);
    }
  });
});

test('a deadline that nobody watches over ends the wait too', async () => {
  const { clock, penstock } = await disturbed(1);
  const claim = await clock.settle(penstock.claim({ pool: 'pool', items: [{ count: 1 }], deadline: '30s' }), minute);
  const start = clock.now();
  await expect(clock.settle(claim.waitUntilReady(), 5 * minute)).rejects.toMatchObject({
    code: 'CLAIM_UNATTENDED',
    message: expect.stringContaining('30s'),
  });
  expect(clock.now() - start).toBe(45 * second);
  expect(await claim.progress()).toMatchObject({ stage: 'unseen' });
});

test('what is wrong with the way to a cluster has its codes', async () => {
  await expect(Penstock.connect({ kubeconfig: '/nonexistent/config' })).rejects.toMatchObject({
    name: 'PenstockError',
    code: 'KUBECONFIG_NOT_FOUND',
    hint: expect.any(String),
  });
});
