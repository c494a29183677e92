import { describe, expect, it } from 'vitest';
import { ConfigMap, CustomResourceDefinition, Namespace, Pod } from '../../api/kubernetes.js';
import { ContainerPool } from '../../api/container-pool.js';
import type { WatchEvent } from '../../cluster/cluster.js';
import { AlreadyExists, Conflict, Expired, Invalid, NotFound } from '../../cluster/errors.js';
import { jsonPatch, mergePatch } from '../../cluster/patch.js';
import { type Random, seededRandom } from '../../support/random.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { EmbeddedCluster } from './cluster.js';

const make = (options: Partial<ConstructorParameters<typeof EmbeddedCluster>[0]> = {}) =>
  new EmbeddedCluster({ clock: new VirtualClock(), random: seededRandom(1), ...options });

const settings = (name: string, data: Record<string, string> = { a: '1' }) => ({
  metadata: { name, namespace: 'default' },
  data,
});
const ref = (name: string) => ({ name, namespace: 'default' });

async function take<T>(events: AsyncIterable<WatchEvent<T>>, count: number): Promise<WatchEvent<T>[]> {
  const taken: WatchEvent<T>[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

describe('objects', () => {
  it('creates, gets, changes and removes', async () => {
    const cluster = make();
    const created = await cluster.create(ConfigMap, settings('one'));
    expect(created.metadata).toMatchObject({ name: 'one', creationTimestamp: '2026-01-01T00:00:00Z' });
    expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await cluster.get(ConfigMap, ref('one'))).toBe(created);
    const patched = await cluster.patch(ConfigMap, ref('one'), mergePatch({ data: { b: '2' } }));
    expect(patched.data).toEqual({ a: '1', b: '2' });
    expect(Number(patched.metadata.resourceVersion)).toBeGreaterThan(Number(created.metadata.resourceVersion));
    expect(await cluster.remove(ConfigMap, ref('one'))).toBeUndefined();
    await expect(cluster.get(ConfigMap, ref('one'))).rejects.toThrow(NotFound);
  });

  it('refuses what the server refuses', async () => {
    const cluster = make();
    const created = await cluster.create(ConfigMap, settings('one'));
    await expect(cluster.create(ConfigMap, settings('one'))).rejects.toThrow(AlreadyExists);
    await expect(cluster.create(ConfigMap, { metadata: { name: 'x', namespace: 'nowhere' } })).rejects.toThrow(
      new NotFound('namespaces "nowhere" not found'),
    );
    await cluster.patch(ConfigMap, ref('one'), mergePatch({ data: { b: '2' } }));
    await expect(cluster.replace(ConfigMap, created)).rejects.toThrow(Conflict);
    const controllers = ['a', 'b'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      name,
      uid: name,
      controller: true,
    }));
    await expect(
      cluster.patch(ConfigMap, ref('one'), mergePatch({ metadata: { ownerReferences: controllers } })),
    ).rejects.toThrow('Only one reference can have Controller set to true');
  });

  it('leaves no trace of a write that changes nothing', async () => {
    const cluster = make();
    const created = await cluster.create(ConfigMap, settings('one'));
    expect(await cluster.patch(ConfigMap, ref('one'), mergePatch({ data: { a: '1' } }))).toBe(created);
    expect(await cluster.replace(ConfigMap, structuredClone(created))).toBe(created);
  });

  it('applies a JSON patch wholly or not at all', async () => {
    const cluster = make();
    const created = await cluster.create(ConfigMap, settings('one'));
    const patch = jsonPatch([
      { op: 'replace', path: '/data/a', value: '2' },
      { op: 'test', path: '/data/a', value: '1' },
    ]);
    await expect(cluster.patch(ConfigMap, ref('one'), patch)).rejects.toThrow(Invalid);
    expect(await cluster.get(ConfigMap, ref('one'))).toBe(created);
  });

  it('generates names, and the same ones for the same seed', async () => {
    const names = [make(), make()].map(async (cluster) => {
      const { metadata } = await cluster.create(ConfigMap, { metadata: { generateName: 'a-', namespace: 'default' } });
      return metadata.name;
    });
    const [one, two] = await Promise.all(names);
    expect(one).toMatch(/^a-[a-z0-9]{5}$/);
    expect(one).toBe(two);
  });

  it('generates another name where the first is taken', async () => {
    const suffixes = ['bbbbb', 'bbbbb', 'bbbbb', 'ccccc'];
    const seeded = seededRandom(1);
    const random: Random = {
      split: () => random,
      uniform: () => seeded.uniform(),
      integer: (least, most) => seeded.integer(least, most),
      exponential: (mean) => seeded.exponential(mean),
      logNormal: (median, sigma) => seeded.logNormal(median, sigma),
      pick: (items) => seeded.pick(items),
      suffix: () => suffixes.shift() ?? 'ddddd',
    };
    const cluster = make({ random });
    const create = () => cluster.create(ConfigMap, { metadata: { generateName: 'a-', namespace: 'default' } });
    expect((await create()).metadata.name).toBe('a-bbbbb');
    expect((await create()).metadata.name).toBe('a-ccccc');
  });

  it('keeps an object with finalizers until they are gone', async () => {
    const cluster = make();
    await cluster.create(ConfigMap, {
      metadata: { name: 'held', namespace: 'default', finalizers: ['example.com/hold'] },
    });
    expect((await cluster.remove(ConfigMap, ref('held')))?.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    await cluster.patch(ConfigMap, ref('held'), mergePatch({ metadata: { finalizers: null } }));
    await expect(cluster.get(ConfigMap, ref('held'))).rejects.toThrow(NotFound);
  });
});

describe('kinds that a definition makes', () => {
  it('are served while the definition is there', async () => {
    const cluster = make();
    await expect(cluster.list(ContainerPool)).rejects.toThrow(NotFound);
    await cluster.create(CustomResourceDefinition, {
      metadata: { name: 'containerpools.penstock.dev' },
      spec: {
        group: 'penstock.dev',
        scope: 'Namespaced',
        names: { plural: 'containerpools', kind: 'ContainerPool' },
        versions: [{ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } }],
      },
    });
    expect((await cluster.list(ContainerPool)).items).toEqual([]);
    await cluster.remove(CustomResourceDefinition, { name: 'containerpools.penstock.dev' });
    await expect(cluster.list(ContainerPool)).rejects.toThrow(NotFound);
  });
});

describe('lists', () => {
  it('select by labels and fields, in order, page by page as of the first page', async () => {
    const cluster = make();
    for (const name of ['c', 'a', 'b', 'd'])
      await cluster.create(ConfigMap, { metadata: { name, namespace: 'default', labels: { first: name } } });
    const names = async (query: object) => (await cluster.list(ConfigMap, query)).items.map((one) => one.metadata.name);
    expect(await names({ labels: 'first in (a,b),first!=b' })).toEqual(['a']);
    expect(await names({ fields: 'metadata.name!=a', namespace: 'default' })).toEqual(['b', 'c', 'd']);
    const first = await cluster.list(ConfigMap, { limit: 2 });
    expect(first.remaining).toBe(2);
    await cluster.remove(ConfigMap, ref('c'));
    await cluster.create(ConfigMap, settings('cc'));
    const second = await cluster.list(ConfigMap, { limit: 2, continue: first.continue ?? '' });
    expect(second.items.map((one) => one.metadata.name)).toEqual(['c', 'd']);
    expect(second.resourceVersion).toBe(first.resourceVersion);
    cluster.forgetHistory();
    await cluster.create(ConfigMap, settings('e'));
    await expect(cluster.list(ConfigMap, { continue: first.continue ?? '' })).rejects.toThrow(Expired);
  });
});

describe('watches', () => {
  it('show what begins and ceases to match, and resume', async () => {
    const cluster = make();
    const since = (await cluster.list(Namespace)).resourceVersion;
    await cluster.create(ConfigMap, settings('one'));
    const labelled = await cluster.patch(ConfigMap, ref('one'), mergePatch({ metadata: { labels: { on: 'yes' } } }));
    await cluster.patch(ConfigMap, ref('one'), mergePatch({ metadata: { labels: null } }));
    const events = await take(cluster.watch(ConfigMap, { since, labels: 'on=yes' }), 2);
    expect(events.map((event) => event.type)).toEqual(['ADDED', 'DELETED']);
    expect(events[0]).toHaveProperty('object', labelled);
    const rest = await take(cluster.watch(ConfigMap, { since: labelled.metadata.resourceVersion }), 1);
    expect(rest[0]?.type).toBe('MODIFIED');
    cluster.forgetHistory();
    await expect(take(cluster.watch(ConfigMap, { since }), 1)).rejects.toThrow(Expired);
  });

  it('end when they are cut or their reader is too slow, and send bookmarks', async () => {
    const clock = new VirtualClock();
    const cluster = make({ clock, watchLimit: 2 });
    const since = (await cluster.list(ConfigMap)).resourceVersion;
    const slow = cluster.watch(ConfigMap, { since })[Symbol.asyncIterator]();
    const calm = cluster.watch(Pod, { since })[Symbol.asyncIterator]();
    for (const name of ['a', 'b', 'c']) await cluster.create(ConfigMap, settings(name));
    expect((await slow.next()).done).toBe(false);
    expect((await slow.next()).done).toBe(false);
    expect((await slow.next()).done).toBe(true);
    await clock.advance(60_000);
    expect((await calm.next()).value).toEqual({
      type: 'BOOKMARK',
      resourceVersion: (await cluster.list(Pod)).resourceVersion,
    });
    cluster.cutWatches();
    expect((await calm.next()).done).toBe(true);
  });
});
