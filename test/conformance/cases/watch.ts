import { expect } from 'vitest';
import { Binding, ConfigMap, Pod } from '../../../src/api/kubernetes.js';
import type { WatchEvent } from '../../../src/cluster/cluster.js';
import { mergePatch } from '../../../src/cluster/patch.js';
import { type Case, collect, createPod, outcome, type World } from '../case.js';
import { Thing } from '../thing.js';

const selector = 'watched=yes';
const draft = ({ namespace }: World, name: string, data: Record<string, string> = {}) => ({
  metadata: { name, namespace, labels: { watched: 'yes' } },
  data,
});
const set = (world: World, name: string, value: string) =>
  world.cluster.patch(ConfigMap, { namespace: world.namespace, name }, mergePatch({ data: { value } }));

const here = async ({ cluster, namespace }: World) => ({
  namespace,
  since: (await cluster.list(ConfigMap, { namespace })).resourceVersion,
  labels: selector,
});

/** `ADDED a`, `MODIFIED a 1`: what an event is about. */
const tell = (event: WatchEvent<ConfigMap>) =>
  event.type === 'BOOKMARK'
    ? event.type
    : [event.type, event.object.metadata.name, event.object.data?.value].filter(Boolean).join(' ');
const news = (events: readonly WatchEvent<ConfigMap>[]) => events.filter(({ type }) => type !== 'BOOKMARK');
const count = (wanted: number) => (events: readonly WatchEvent<ConfigMap>[]) => news(events).length >= wanted;
const markOf = (event: WatchEvent<ConfigMap>) =>
  event.type === 'BOOKMARK' ? event.resourceVersion : event.object.metadata.resourceVersion;

/** Creates, changes and deletes objects at random, `writes` times, some at once. */
async function churn(world: World, writes: number): Promise<void> {
  const { cluster, namespace } = world;
  const one = async (writer: number) => {
    for (let n = 0; n < writes / 4; n++) {
      const name = `c${writer}-${n % 5}`;
      const step = n % 15;
      if (step < 5) await cluster.create(ConfigMap, draft(world, name));
      else if (step < 10) await set(world, name, String(n));
      else await cluster.remove(ConfigMap, { namespace, name });
    }
  };
  await Promise.all([0, 1, 2, 3].map(one));
}

export const watches: readonly Case[] = [
  {
    name: 'events come in order, none twice, none left out, each as the object was',
    async run(world) {
      const query = await here(world);
      const { cluster, namespace } = world;
      const states = [
        await cluster.create(ConfigMap, draft(world, 'a')),
        await set(world, 'a', '1'),
        await cluster.create(ConfigMap, draft(world, 'b')),
        await set(world, 'a', '2'),
      ];
      await cluster.remove(ConfigMap, { namespace, name: 'a' });
      await cluster.create(ConfigMap, draft(world, 'a'));
      const events = news(await collect(cluster, ConfigMap, query, count(6)));
      expect(events.map(tell)).toEqual([
        'ADDED a',
        'MODIFIED a 1',
        'ADDED b',
        'MODIFIED a 2',
        'DELETED a 2',
        'ADDED a',
      ]);
      expect(events.slice(0, 4).map((event) => event.type !== 'BOOKMARK' && event.object)).toEqual(states);
      const marks = events.map((event) => Number(markOf(event)));
      expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b));
    },
  },
  {
    name: 'a deletion shows the last state, with a mark of its own',
    async run(world) {
      const query = await here(world);
      const created = await world.cluster.create(ConfigMap, draft(world, 'a', { value: '1' }));
      await world.cluster.remove(ConfigMap, { namespace: world.namespace, name: 'a' });
      const event = (await collect(world.cluster, ConfigMap, query, count(2))).at(-1);
      expect(event).toMatchObject({ type: 'DELETED', object: { ...created, metadata: { uid: created.metadata.uid } } });
      expect(Number(event && markOf(event))).toBeGreaterThan(Number(created.metadata.resourceVersion));
    },
  },
  {
    name: 'a watch resumes after any of its events',
    async run(world) {
      const query = await here(world);
      await churn(world, 60);
      await world.cluster.create(ConfigMap, draft(world, 'last'));
      const ended = (events: readonly WatchEvent<ConfigMap>[]) => events.some((event) => tell(event) === 'ADDED last');
      const all = news(await collect(world.cluster, ConfigMap, query, ended));
      for (const at of [0, 7, Math.floor(all.length / 2), all.length - 2]) {
        const since = markOf(all[at] as WatchEvent<ConfigMap>);
        const rest = news(await collect(world.cluster, ConfigMap, { ...query, since }, ended));
        expect(rest).toEqual(all.slice(at + 1));
      }
    },
  },
  {
    name: 'two watches of the same show the same',
    async run(world) {
      const query = await here(world);
      const ended = (events: readonly WatchEvent<ConfigMap>[]) => events.some((event) => tell(event) === 'ADDED last');
      const watchers = [1, 2].map(() => collect(world.cluster, ConfigMap, query, ended));
      await churn(world, 60);
      await world.cluster.create(ConfigMap, draft(world, 'last'));
      const [one, two] = await Promise.all(watchers);
      expect(news(one ?? [])).toEqual(news(two ?? []));
    },
  },
  {
    name: 'a list and a watch from its mark miss nothing and repeat nothing',
    async run(world) {
      const { cluster, namespace } = world;
      const writing = churn(world, 120);
      await cluster.create(ConfigMap, draft(world, 'first'));
      const page = await cluster.list(ConfigMap, { namespace, labels: selector });
      const state = new Map(page.items.map((object) => [object.metadata.name, object]));
      const reading = collect(
        cluster,
        ConfigMap,
        { namespace, labels: selector, since: page.resourceVersion },
        (events) => events.some((event) => tell(event) === 'ADDED last'),
      );
      await writing;
      await cluster.create(ConfigMap, draft(world, 'last'));
      for (const event of news(await reading)) {
        if (event.type === 'BOOKMARK') continue;
        const { name, resourceVersion } = event.object.metadata;
        expect(Number(resourceVersion)).toBeGreaterThan(Number(page.resourceVersion));
        expect(state.has(name)).toBe(event.type !== 'ADDED');
        if (event.type === 'DELETED') state.delete(name);
        else state.set(name, event.object);
      }
      const { items } = await cluster.list(ConfigMap, { namespace, labels: selector });
      expect(new Map(items.map((object) => [object.metadata.name, object]))).toEqual(state);
    },
  },
  {
    name: 'only what matches is shown: namespace, labels, fields',
    async run(world) {
      const { cluster, namespace } = world;
      const query = { ...(await here(world)), fields: 'metadata.name!=b' };
      await cluster.create(ConfigMap, { metadata: { name: 'x', namespace } });
      await cluster.create(ConfigMap, {
        metadata: { name: `x-${namespace}`, namespace: 'default', labels: { watched: 'yes' } },
      });
      await cluster.create(ConfigMap, draft(world, 'b'));
      await cluster.create(ConfigMap, draft(world, 'a'));
      expect(news(await collect(cluster, ConfigMap, query, count(1))).map(tell)).toEqual(['ADDED a']);
    },
  },
  {
    name: 'what begins to match comes, what ceases to match goes',
    async run(world) {
      const { cluster, namespace } = world;
      const query = await here(world);
      const label = (watched: string | null) =>
        cluster.patch(ConfigMap, { namespace, name: 'a' }, mergePatch({ metadata: { labels: { watched } } }));
      await cluster.create(ConfigMap, { metadata: { name: 'a', namespace } });
      await label('yes');
      await set(world, 'a', '1');
      const left = await label(null);
      await set(world, 'a', '2');
      await label('yes');
      const events = news(await collect(cluster, ConfigMap, query, count(4)));
      expect(events.map(tell)).toEqual(['ADDED a', 'MODIFIED a 1', 'DELETED a 1', 'ADDED a 2']);
      const gone = events[2];
      expect(gone?.type === 'DELETED' && gone.object.metadata.labels).toEqual({ watched: 'yes' });
      expect(gone && markOf(gone)).toBe(left.metadata.resourceVersion);
    },
  },
  {
    name: 'a pod comes to the watch of its node when it is bound',
    async run(world) {
      const { cluster, namespace } = world;
      const since = (await cluster.list(Pod, { namespace })).resourceVersion;
      await createPod(world);
      const target = { apiVersion: 'v1', kind: 'Node', name: 'no-such-node' };
      await cluster.create(Binding, { metadata: { name: 'p', namespace }, target });
      const query = { namespace, since, fields: 'spec.nodeName=no-such-node' };
      const events = await collect(cluster, Pod, query, ({ length }) => length > 0);
      expect(events[0]).toMatchObject({
        type: 'ADDED',
        object: { metadata: { name: 'p' }, spec: { nodeName: 'no-such-node' } },
      });
    },
  },
  {
    name: 'a bookmark comes, after all that is before it, and a watch from it shows the rest',
    async run(world) {
      const query = await here(world);
      await world.cluster.create(ConfigMap, draft(world, 'a'));
      const marked = (events: readonly WatchEvent<ConfigMap>[]) =>
        events.at(-1)?.type === 'BOOKMARK' && events.length > 1;
      const events = await collect(world.cluster, ConfigMap, query, marked);
      expect(news(events).map(tell)).toEqual(['ADDED a']);
      const since = markOf(events.at(-1) as WatchEvent<ConfigMap>);
      expect(Number(since)).toBeGreaterThanOrEqual(Number(markOf(events[0] as WatchEvent<ConfigMap>)));
      await world.cluster.create(ConfigMap, draft(world, 'b'));
      const rest = await collect(world.cluster, ConfigMap, { ...query, since }, count(1));
      expect(news(rest).map(tell)).toEqual(['ADDED b']);
    },
  },
  {
    name: 'a mark that is too old is Expired',
    async run(world) {
      const query = { namespace: world.namespace, since: await world.oldMark() };
      expect(await outcome(collect(world.cluster, Thing, query, ({ length }) => length > 0))).toBe('410 Expired');
    },
  },
  {
    name: 'since 0 shows first what there is',
    async run(world) {
      const { cluster, namespace } = world;
      await cluster.create(ConfigMap, draft(world, 'a'));
      await cluster.create(ConfigMap, draft(world, 'b'));
      // a server's cache may be a moment behind: read until both are there
      const events = await collect(cluster, ConfigMap, { namespace, labels: selector, since: '0' }, count(2));
      expect(news(events).map(tell).sort()).toEqual(['ADDED a', 'ADDED b']);
    },
  },
  {
    name: 'a selector that is none is refused',
    async run(world) {
      const watch = (query: object) =>
        outcome(collect(world.cluster, ConfigMap, { namespace: world.namespace, since: '0', ...query }, count(1)));
      expect(await watch({ labels: 'a b' })).toBe('400 BadRequest');
      expect(await watch({ fields: 'data.a=b' })).toBe('400 BadRequest');
    },
  },
  {
    name: 'what is refused, changes nothing, or is a dry run makes no event',
    async run(world) {
      const { cluster, namespace } = world;
      const query = await here(world);
      const ref = { namespace, name: 'a' };
      await cluster.create(ConfigMap, draft(world, 'a', { value: '1' }));
      await set(world, 'a', '1');
      await cluster.patch(ConfigMap, ref, mergePatch({ data: { value: '2' } }), { dryRun: true });
      await outcome(cluster.patch(ConfigMap, ref, mergePatch({ data: { value: 3 } })));
      await set(world, 'a', '4');
      expect(news(await collect(cluster, ConfigMap, query, count(2))).map(tell)).toEqual(['ADDED a 1', 'MODIFIED a 4']);
    },
  },
  {
    name: 'the steps of a deletion: terminating, without finalizer, gone',
    async run(world) {
      const { cluster, namespace } = world;
      const query = await here(world);
      const ref = { namespace, name: 'a' };
      await cluster.create(ConfigMap, { metadata: { ...draft(world, 'a').metadata, finalizers: ['a.test/a'] } });
      await cluster.remove(ConfigMap, ref);
      await cluster.patch(ConfigMap, ref, mergePatch({ metadata: { finalizers: null } }));
      const events = news(await collect(cluster, ConfigMap, query, count(3)));
      expect(events.map(tell)).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
      const [, terminating, gone] = events;
      expect(terminating?.type === 'MODIFIED' && terminating.object.metadata.deletionTimestamp).toBeTruthy();
      // what is shown is what was stored last, not what the deleting write asked for
      expect(gone?.type === 'DELETED' && gone.object.metadata.finalizers).toEqual(['a.test/a']);
    },
  },
  {
    name: 'an aborted signal ends it',
    async run(world) {
      const abort = new AbortController();
      const query = await here(world);
      const events: string[] = [];
      await world.cluster.create(ConfigMap, draft(world, 'a'));
      for await (const event of world.cluster.watch(ConfigMap, query, { signal: abort.signal })) {
        if (event.type !== 'BOOKMARK') events.push(tell(event));
        setTimeout(() => abort.abort(), 20);
      }
      expect(events).toEqual(['ADDED a']);
    },
  },
];
