import { describe, expect, it } from 'vitest';
import { ConfigMap, Namespace, Node } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import type { Cluster } from '../../src/cluster/cluster.js';
import { Timeout } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { Informer } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { minute, second } from '../../src/support/time.js';
import { FlakyCluster } from './flaky-cluster.js';
import { configMap, configMapInformer, makeWorld, tell } from './world.js';

async function started(world = makeWorld(), before: readonly string[] = ['a']) {
  for (const name of before) await world.server.create(ConfigMap, configMap(name, 'x'));
  const informer = configMapInformer(world);
  const told = tell(informer);
  const end = new AbortController();
  const running = informer.run(end.signal);
  return { ...world, world, informer, told, end, running };
}

const namesOf = (informer: Informer<ConfigMap>) => [...informer.list()].map(({ metadata }) => metadata.name);
const flag = (value: string) => mergePatch({ data: { flag: value } });
const a = { namespace: 'default', name: 'a' };

describe('informer', () => {
  it('lists, then follows: events in the order of the history', async () => {
    const { clock, server, informer, told } = await started();
    await clock.settle(informer.synced, second);
    await server.create(ConfigMap, configMap('b', 'y'));
    await server.patch(ConfigMap, a, flag('y'));
    await server.remove(ConfigMap, { namespace: 'default', name: 'b' });
    await server.create(ConfigMap, configMap('b', 'z'));
    await clock.drain();
    expect(told).toEqual(['+ default/a', '+ default/b', '~ default/a', '- default/b', '+ default/b']);
    expect([...informer.byIndex('flag', 'y').keys()]).toEqual(['default/a']);
    expect([...informer.byIndex('flag', 'z').keys()]).toEqual(['default/b']);
    expect(informer.byIndex('flag', 'x').size).toBe(0);
  });

  it('reads long lists in pages of 100', async () => {
    const names = Array.from({ length: 1201 }, (_, i) => `m${i}`);
    const { clock, server, informer } = await started(makeWorld(), names);
    await clock.settle(informer.synced, second);
    expect(informer.size).toBe(1201);
    expect(server.requests.get('list configmaps')).toBe(13);
  });

  it('reads a list whose pages expire in one piece', async () => {
    let latency = 0;
    const names = Array.from({ length: 600 }, (_, i) => `m${i}`);
    const world = makeWorld(1, { latency: () => latency });
    for (const name of names) await world.server.create(ConfigMap, configMap(name, 'x'));
    latency = 10;
    const { clock, server, informer } = await started(world, []);
    // the first page is read at 5 ms, the second would be at 15
    clock.at(clock.now() + 6, () => void server.remove(ConfigMap, { namespace: 'default', name: 'm3' }));
    clock.at(clock.now() + 12, () => server.forgetHistory());
    await clock.settle(informer.synced, second);
    expect(informer.size).toBe(599);
    expect(server.requests.get('list configmaps')).toBe(3);
  });

  it('goes on from the last mark when a watch is cut, without another list', async () => {
    const { clock, server, informer, told } = await started();
    await clock.settle(informer.synced, second);
    server.cutWatches();
    await server.create(ConfigMap, configMap('b', 'y'));
    await clock.advance(second);
    expect(told).toEqual(['+ default/a', '+ default/b']);
    expect(server.requests.get('list configmaps')).toBe(1);
  });

  it('takes bookmarks as marks: a quiet watch does not expire', async () => {
    const { clock, server, informer, told } = await started();
    await clock.settle(informer.synced, second);
    for (let i = 0; i < 5; i++) await server.create(Node, { metadata: { name: `n${i}` } });
    await clock.advance(2 * minute);
    server.forgetHistory();
    server.cutWatches();
    await server.create(ConfigMap, configMap('b', 'y'));
    await clock.advance(minute);
    expect(told).toContain('+ default/b');
    expect(server.requests.get('list configmaps')).toBe(1);
  });

  it('lists again when its mark has expired, and notices what has gone in between', async () => {
    const { clock, server, way, informer, told } = await started(makeWorld(), ['a', 'b', 'c']);
    await clock.settle(informer.synced, second);
    way.faults.cut = true;
    server.cutWatches();
    await server.remove(ConfigMap, a);
    await server.patch(ConfigMap, { namespace: 'default', name: 'b' }, flag('y'));
    await server.create(ConfigMap, configMap('d', 'y'));
    server.forgetHistory();
    await clock.advance(300);
    way.faults.cut = false;
    await clock.advance(minute);
    expect(namesOf(informer)).toEqual(['b', 'c', 'd']);
    expect(told.slice(3).sort()).toEqual(['+ default/d', '- default/a', '~ default/b']);
    expect([...informer.byIndex('flag', 'y').keys()]).toEqual(['default/b', 'default/d']);
    expect(way.expired).toBe(1);
    expect(server.requests.get('list configmaps')).toBe(2);
  });

  it('tries again as long as lists fail, ever more slowly, and is synced afterwards', async () => {
    const world = makeWorld();
    world.way.faults.cut = true;
    const { clock, way, server, informer } = await started(world);
    await clock.advance(10 * minute);
    expect(informer.hasSynced).toBe(false);
    way.faults.cut = false;
    await clock.advance(10 * second);
    expect(informer.hasSynced).toBe(true);
    expect(namesOf(informer)).toEqual(['a']);
    expect(server.requests.get('list configmaps')).toBe(1);
  });

  it('fetches what a watch kept silent about, once that has ended', async () => {
    const { clock, way, server, informer, told } = await started();
    await clock.settle(informer.synced, second);
    way.faults.stalled = true;
    await server.create(ConfigMap, configMap('b', 'y'));
    await server.remove(ConfigMap, a);
    await clock.advance(minute);
    expect(told).toEqual(['+ default/a']);
    way.faults.stalled = false;
    await clock.advance(second);
    expect(told).toEqual(['+ default/a', '+ default/b', '- default/a']);
  });

  it('does not spin when watches end at once', async () => {
    const { clock, server, random } = makeWorld();
    let watches = 0;
    const way = new (class extends FlakyCluster {
      override async *watch() {
        watches++;
        yield* [];
      }
    })(server, clock, random);
    const informer = configMapInformer({ clock, server, random, way });
    const end = new AbortController();
    void informer.run(end.signal);
    await clock.advance(minute);
    expect(watches).toBeGreaterThan(5);
    expect(watches).toBeLessThan(30);
    end.abort();
  });

  it('starts over when the history of the server has gone back', async () => {
    const world = makeWorld();
    const old = makeWorld(2);
    for (const name of ['a', 'b', 'c']) await world.server.create(ConfigMap, configMap(name, 'x'));
    await old.server.create(ConfigMap, configMap('b', 'older'));
    let restored = false;
    const way = new (class extends FlakyCluster {
      override list: Cluster['list'] = (...call) => (restored ? old : world).server.list(...call);
      override async *watch<T extends Resource>(...[kind, query, options]: Parameters<Cluster['watch']>) {
        // a server answers so when it is asked for what is yet to come
        if (restored && Number(query.since) > 100) throw new Timeout('Too large resource version');
        yield* (restored ? old : world).server.watch<T>(kind as Kind<T>, query, options);
      }
    })(world.server, world.clock, world.random);
    for (let i = 0; i < 100; i++) await world.server.patch(ConfigMap, a, flag(`${i}`));
    const informer = configMapInformer({ ...world, way });
    void informer.run(new AbortController().signal);
    await world.clock.settle(informer.synced, second);
    expect(informer.size).toBe(3);
    restored = true;
    world.server.cutWatches();
    await world.clock.advance(minute);
    expect(namesOf(informer)).toEqual(['b']);
    expect(informer.get('default/b')?.data?.flag).toBe('older');
  });

  it('keeps telling the others when one handler throws', async () => {
    const { clock, server, informer } = await started();
    const fail = () => {
      throw new Error('broken handler');
    };
    informer.addHandler({ add: fail, update: fail, delete: fail });
    const late = tell(informer);
    await clock.settle(informer.synced, second);
    await server.remove(ConfigMap, a);
    await clock.drain();
    expect(late).toEqual(['+ default/a', '- default/a']);
  });

  it('refreshes: what the watch has not told yet is in the cache when it resolves', async () => {
    const { clock, way, server, informer, told } = await started(makeWorld(), ['a', 'b']);
    await clock.settle(informer.synced, second);
    way.faults.stalled = true;
    await server.patch(ConfigMap, a, flag('y'));
    await server.remove(ConfigMap, { namespace: 'default', name: 'b' });
    await server.create(ConfigMap, configMap('c', 'y'));
    await clock.settle(informer.refresh(new AbortController().signal), second);
    expect([...informer.byIndex('flag', 'y').keys()].sort()).toEqual(['default/a', 'default/c']);
    expect(informer.get('default/b')).toBeUndefined();
    const before = told.length;
    way.faults.stalled = false;
    await clock.advance(second);
    expect(told.length).toBe(before);
  });

  it('sees only its namespaces, each by a watch of its own', async () => {
    const { clock, server, random } = makeWorld();
    for (const name of ['one', 'two', 'three']) {
      await server.create(Namespace, { metadata: { name } });
      await server.create(ConfigMap, { metadata: { namespace: name, name: 'm' } });
    }
    const options = { cluster: server, kind: ConfigMap, clock, random, logger: silentLogger };
    const informer = new Informer({ ...options, namespaces: ['one', 'two'] });
    const told = tell(informer);
    void informer.run(new AbortController().signal);
    await clock.settle(informer.synced, second);
    await server.remove(ConfigMap, { namespace: 'two', name: 'm' });
    server.forgetHistory();
    server.cutWatches();
    await clock.advance(minute);
    expect(told).toEqual(['+ one/m', '+ two/m', '- two/m']);
    expect([...informer.list()].map(({ metadata }) => metadata.namespace)).toEqual(['one']);
  });

  it('follows a label selector: what ceases to match goes', async () => {
    const { clock, server, random, way } = makeWorld();
    const labelled = (name: string, app: string) => ({ metadata: { namespace: 'default', name, labels: { app } } });
    await server.create(ConfigMap, labelled('a', 'web'));
    await server.create(ConfigMap, labelled('b', 'other'));
    const informer = new Informer({
      cluster: way,
      kind: ConfigMap,
      clock,
      random,
      logger: silentLogger,
      labels: 'app=web',
    });
    const told = tell(informer);
    void informer.run(new AbortController().signal);
    await clock.settle(informer.synced, second);
    way.faults.stalled = true;
    const left = await server.patch(ConfigMap, a, mergePatch({ metadata: { labels: { app: 'other' } } }));
    informer.remember(left);
    informer.remember(await server.patch(ConfigMap, { namespace: 'default', name: 'b' }, flag('y')));
    expect(told).toEqual(['+ default/a', '~ default/a']);
    way.faults.stalled = false;
    await clock.advance(second);
    expect(told).toEqual(['+ default/a', '~ default/a', '- default/a']);
  });

  it('ends with its signal', async () => {
    const { clock, server, informer, running, end, told } = await started();
    await clock.settle(informer.synced, second);
    end.abort();
    await clock.settle(running, second);
    await server.remove(ConfigMap, a);
    await clock.advance(minute);
    expect(told).toEqual(['+ default/a']);
  });
});
