import { describe, expect, it } from 'vitest';
import { ConfigMap, Pod } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import {
  addFinalizer,
  cachedCluster,
  countedCluster,
  Informers,
  removeFinalizer,
  RuntimeMetrics,
  writeStatus,
} from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { second } from '../../src/support/time.js';
import { configMap, makeWorld } from './world.js';

const a = { namespace: 'default', name: 'a' };
const [ours, theirs] = ['penstock.dev/ours', 'other.dev/theirs'];

describe('finalizers', () => {
  it('hold an object until they are removed, beside those of others', async () => {
    const { server } = makeWorld();
    const created = await server.create(ConfigMap, configMap('a', 'x'));
    const held = await addFinalizer(server, ConfigMap, created, ours);
    expect(await addFinalizer(server, ConfigMap, held, ours)).toBe(held);
    const both = await addFinalizer(server, ConfigMap, held, theirs);
    await server.remove(ConfigMap, a);
    const dying = await server.get(ConfigMap, a);
    const left = await removeFinalizer(server, ConfigMap, dying, ours);
    expect([both, left].map(({ metadata }) => metadata.finalizers)).toEqual([[ours, theirs], [theirs]]);
    expect(await removeFinalizer(server, ConfigMap, left, ours)).toBe(left);
    await removeFinalizer(server, ConfigMap, left, theirs);
    await expect(server.get(ConfigMap, a)).rejects.toThrow('not found');
  });

  it("do not overwrite others' changes", async () => {
    const { server } = makeWorld();
    const created = await server.create(ConfigMap, configMap('a', 'x'));
    await server.patch(ConfigMap, a, mergePatch({ metadata: { finalizers: [theirs] } }));
    await expect(addFinalizer(server, ConfigMap, created, ours)).rejects.toMatchObject({ reason: 'Conflict' });
  });
});

describe('a status', () => {
  it('is written on the newest object alone, and not asked for where the object is gone', async () => {
    const { server } = makeWorld();
    const metadata = { namespace: 'default', name: 'a' };
    const created = await server.create(Pod, { metadata, spec: { containers: [{ name: 'main', image: 'app:1' }] } });
    await writeStatus(server, Pod, created, { ...created.status, message: 'first' });
    expect((await server.get(Pod, a)).status?.message).toBe('first');
    await expect(writeStatus(server, Pod, created, { message: 'late' })).rejects.toMatchObject({ reason: 'Conflict' });
    await server.remove(Pod, a, { gracePeriodSeconds: 0 });
    await writeStatus(server, Pod, created, { message: 'too late' });
    await expect(server.get(Pod, a)).rejects.toThrow('not found');
  });
});

describe('a cached cluster', () => {
  async function cached() {
    const { clock, random, server, way } = makeWorld();
    const informers = new Informers({ cluster: way, clock, random, logger: silentLogger });
    const informer = informers.of(ConfigMap);
    void informer.run(new AbortController().signal);
    await clock.settle(informer.synced, second);
    // the watch is silent: what is in the cache has come by the answers
    way.faults.stalled = true;
    return { informer, cluster: cachedCluster(way, informers), server };
  }

  it('shows creations, changes and removals at once', async () => {
    const { informer, cluster } = await cached();
    const flag = () => informer.get('default/a')?.data?.flag;
    const created = await cluster.create(ConfigMap, configMap('a', 'x'));
    expect(flag()).toBe('x');
    const replaced = await cluster.replace(ConfigMap, { ...created, data: { flag: 'y' } });
    expect(flag()).toBe('y');
    await addFinalizer(cluster, ConfigMap, replaced, ours);
    await cluster.remove(ConfigMap, a);
    expect(informer.get('default/a')?.metadata.deletionTimestamp).toBeDefined();
    await cluster.patch(ConfigMap, a, mergePatch({ metadata: { finalizers: null } }));
    expect(informer.get('default/a')).toBeUndefined();
    await cluster.create(ConfigMap, configMap('a', 'z'));
    expect(flag()).toBe('z');
    await cluster.remove(ConfigMap, a);
    expect(informer.get('default/a')).toBeUndefined();
  });

  it('does not take a dry run for the truth', async () => {
    const { informer, cluster } = await cached();
    await cluster.create(ConfigMap, configMap('a', 'x'), { dryRun: true });
    expect(informer.size).toBe(0);
    await cluster.create(ConfigMap, configMap('a', 'x'));
    await cluster.remove(ConfigMap, a).catch(() => undefined);
    expect(informer.size).toBe(0);
  });

  it('leaves errors as they are', async () => {
    const { informer, cluster } = await cached();
    await cluster.create(ConfigMap, configMap('a', 'x'));
    await expect(cluster.create(ConfigMap, configMap('a', 'y'))).rejects.toMatchObject({ reason: 'AlreadyExists' });
    await expect(cluster.remove(ConfigMap, { ...a, name: 'b' })).rejects.toMatchObject({ reason: 'NotFound' });
    expect(informer.get('default/a')?.data?.flag).toBe('x');
  });
});

describe('a counted cluster', () => {
  it('counts every request by its answer', async () => {
    const { server, way } = makeWorld();
    const metrics = new RuntimeMetrics();
    const cluster = countedCluster(way, 'here', metrics);
    await cluster.create(ConfigMap, configMap('a', 'x'));
    await cluster.create(ConfigMap, configMap('a', 'x')).catch(() => undefined);
    await cluster.list(ConfigMap);
    way.faults.cut = true;
    await cluster.get(ConfigMap, a).catch(() => undefined);
    const text = await metrics.registry.metrics();
    for (const labels of [
      'code="201",method="POST"',
      'code="409",method="POST"',
      'code="200",method="GET"',
      'code="<error>",method="GET"',
    ])
      expect(text).toContain(`rest_client_requests_total{${labels},host="here"} 1`);
    expect(server.requests.get('create configmaps')).toBe(2);
  });
});
