import { expect } from 'vitest';
import { ConfigMap, Pod } from '../../../src/api/kubernetes.js';
import type { Query } from '../../../src/cluster/cluster.js';
import { type Case, createBoundPod, createPod, outcome, type World } from '../case.js';
import { Thing } from '../thing.js';

/** Selections among the ConfigMaps a (app=web tier=a), b (app=web tier=b), c (app=db), d (no labels). */
const byLabels: readonly (readonly [name: string, expected: string])[] = [
  ['', 'a b c d'],
  ['app=web', 'a b'],
  ['app==web', 'a b'],
  ['app!=web', 'c d'],
  ['app', 'a b c'],
  ['!app', 'd'],
  ['app=web,tier=b', 'b'],
  ['app=web,tier!=b', 'a'],
  ['app in (web,db)', 'a b c'],
  ['app in (web, db),tier', 'a b'],
  ['app notin (web)', 'c d'],
  ['tier notin (a,b),app', 'c'],
  ['app=', ''],
  ['app in ()', ''],
  ['app=web=db', '400 BadRequest'],
  ['app in web', '400 BadRequest'],
  ['a b', '400 BadRequest'],
  ['app=no spaces here', '400 BadRequest'],
  ['-app=web', '400 BadRequest'],
  ['n>1', 'a'],
  ['n<1', ''],
  ['n>x', '400 BadRequest'],
];

const byFields: readonly (readonly [name: string, expected: string])[] = [
  ['metadata.name=bound', 'bound'],
  ['metadata.name!=bound', 'free'],
  ['spec.nodeName=no-such-node', 'bound'],
  ['spec.nodeName=', 'free'],
  ['spec.nodeName!=', 'bound'],
  ['status.phase=Pending', 'bound free'],
  ['status.phase!=Pending', ''],
  ['spec.restartPolicy=Never', 'bound'],
  ['spec.schedulerName=default-scheduler', 'bound free'],
  ['spec.serviceAccountName=', 'bound free'],
  ['status.podIP=', 'bound free'],
  ['status.nominatedNodeName=', 'bound free'],
  ['spec.hostNetwork=false', 'bound free'],
  ['spec.nodeName=no-such-node,metadata.name=free', ''],
  ['spec.priority=0', '400 BadRequest'],
  ['metadata.labels=x', '400 BadRequest'],
  ['metadata.name', '400 BadRequest'],
];

const names = async (list: Promise<{ items: readonly { metadata: { name: string } }[] }>) =>
  (await list).items.map(({ metadata }) => metadata.name).join(' ');

async function selected(
  world: World,
  kind: typeof ConfigMap | typeof Pod | typeof Thing,
  query: Query,
): Promise<string> {
  const list = world.cluster.list<never>(kind as never, { namespace: world.namespace, ...query });
  const result = await outcome(list);
  return result === 'ok' ? names(list) : result;
}

export const selection: readonly Case[] = [
  ...byLabels.map(
    ([name, expected]): Case => ({
      name: `labels ${name}: ${expected}`,
      async run(world) {
        const { cluster, namespace } = world;
        const make = (map: string, labels?: Record<string, string>) =>
          cluster.create(ConfigMap, { metadata: { name: map, namespace, ...(labels ? { labels } : {}) } });
        await make('d');
        await make('b', { app: 'web', tier: 'b', n: '1' });
        await make('a', { app: 'web', tier: 'a', n: '2' });
        await make('c', { app: 'db' });
        expect((await selected(world, ConfigMap, { labels: name })).replace('kube-root-ca.crt', '').trim()).toBe(
          expected,
        );
      },
    }),
  ),
  ...byFields.map(
    ([name, expected]): Case => ({
      name: `fields ${name}: ${expected}`,
      async run(world) {
        await createPod(world, { metadata: { name: 'free', namespace: world.namespace } });
        await createBoundPod(world, {
          metadata: { name: 'bound', namespace: world.namespace },
          spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] },
        });
        expect(await selected(world, Pod, { fields: name })).toBe(expected);
      },
    }),
  ),
  {
    name: 'fields of custom objects: name and namespace, no others',
    async run(world) {
      const { cluster, namespace } = world;
      for (const name of ['a', 'b']) await cluster.create(Thing, { metadata: { name, namespace }, spec: { size: 1 } });
      expect(await selected(world, Thing, { fields: 'metadata.name=b' })).toBe('b');
      expect(await selected(world, Thing, { fields: `metadata.namespace=${namespace}` })).toBe('a b');
      expect(await selected(world, Thing, { fields: 'spec.size=1' })).toBe('400 BadRequest');
    },
  },
  {
    name: 'a list over all namespaces has those of one in it',
    async run(world) {
      await createPod(world, { metadata: { name: 'p', namespace: world.namespace, labels: { of: world.namespace } } });
      const { items } = await world.cluster.list(Pod, { labels: `of=${world.namespace}` });
      expect(items.map(({ metadata, kind, apiVersion }) => [metadata.namespace, kind, apiVersion])).toEqual([
        [world.namespace, 'Pod', 'v1'],
      ]);
    },
  },
  {
    name: 'a list in a namespace that does not exist is empty',
    async run({ cluster }) {
      expect((await cluster.list(Pod, { namespace: 'no-such-namespace' })).items).toEqual([]);
    },
  },
];

const ten = async ({ cluster, namespace }: World) => {
  for (let n = 0; n < 10; n++)
    await cluster.create(Thing, { metadata: { name: `t${n}`, namespace, labels: { even: String(n % 2 === 0) } } });
};

export const paging: readonly Case[] = [
  {
    name: 'pages follow each other, in order, from one moment',
    async run(world) {
      await ten(world);
      const { cluster, namespace } = world;
      const first = await cluster.list(Thing, { namespace, limit: 4 });
      expect([first.items.length, first.remaining]).toEqual([4, 6]);
      await cluster.create(Thing, { metadata: { name: 't55', namespace } });
      await cluster.remove(Thing, { namespace, name: 't6' });
      const second = await cluster.list(Thing, { namespace, limit: 4, continue: first.continue ?? '' });
      expect(second.remaining).toBe(2);
      const third = await cluster.list(Thing, { namespace, limit: 4, continue: second.continue ?? '' });
      expect([third.continue, third.remaining]).toEqual([undefined, undefined]);
      const all = [first, second, third].flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
      expect(all).toEqual(Array.from({ length: 10 }, (_, n) => `t${n}`));
      expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
    },
  },
  {
    name: 'a page of a selection is full, and does not say how many remain',
    async run(world) {
      await ten(world);
      const { cluster, namespace } = world;
      const first = await cluster.list(Thing, { namespace, limit: 3, labels: 'even=true' });
      expect(first.items.map(({ metadata }) => metadata.name)).toEqual(['t0', 't2', 't4']);
      expect(first.remaining).toBeUndefined();
      const rest = await cluster.list(Thing, {
        namespace,
        limit: 3,
        labels: 'even=true',
        continue: first.continue ?? '',
      });
      expect(rest.items.map(({ metadata }) => metadata.name)).toEqual(['t6', 't8']);
    },
  },
  {
    name: 'a limit that is not reached gives one page without continue',
    async run(world) {
      await ten(world);
      const page = await world.cluster.list(Thing, { namespace: world.namespace, limit: 10 });
      expect([page.items.length, page.continue, page.remaining]).toEqual([10, undefined, undefined]);
    },
  },
  {
    name: 'a continue token that is none is refused',
    async run({ cluster, namespace }) {
      expect(await outcome(cluster.list(Thing, { namespace, limit: 1, continue: 'nonsense' }))).toBe('400 BadRequest');
    },
  },
  {
    name: 'the mark of the first page is where a watch goes on',
    async run(world) {
      await ten(world);
      const { cluster, namespace } = world;
      const first = await cluster.list(Thing, { namespace, limit: 4 });
      const late = await cluster.create(Thing, { metadata: { name: 'late', namespace } });
      const abort = new AbortController();
      for await (const event of cluster.watch(
        Thing,
        { namespace, since: first.resourceVersion },
        { signal: abort.signal },
      )) {
        expect(event).toEqual({ type: 'ADDED', object: late });
        break;
      }
      abort.abort();
    },
  },
];
