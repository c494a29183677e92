import { describe, expect, it } from 'vitest';
import { ConfigMap, Event, Secret } from '../../src/api/kubernetes.js';
import { controllerReference } from '../../src/api/meta/kind.js';
import { keyOf, type Ref } from '../../src/api/meta/resource.js';
import { mergePatch } from '../../src/cluster/patch.js';
import {
  again,
  type Context,
  createManager,
  defineController,
  done,
  For,
  type Manager,
  type ManagerOptions,
  Maps,
  Owns,
  type Result,
  RuntimeMetrics,
  Terminal,
  type Watch,
} from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { minute, second } from '../../src/support/time.js';
import { configMap, flagsOf, makeWorld, type World } from './world.js';

type Reconcile = (ref: Ref, context: Context, manager: Manager) => Promise<Result>;

function managed(
  world: World,
  reconcile: Reconcile,
  options: Partial<ManagerOptions> & { watches?: Watch[]; concurrency?: number } = {},
) {
  const { watches = [For(ConfigMap)], concurrency = 1, ...rest } = options;
  const { clock, random, way } = world;
  const manager = createManager({ cluster: way, clock, random, logger: silentLogger, ...rest });
  const reconciler = { reconcile: (ref: Ref, context: Context) => reconcile(ref, context, manager) };
  manager.add(defineController({ name: 'test', reconciler, watches, concurrency }));
  return manager;
}

/** A reconciler that notes whom it was called for. */
function notes() {
  const calls: string[] = [];
  return { calls, reconcile: (ref: Ref) => (calls.push(keyOf(ref)), Promise.resolve(done)) };
}

const ref = (name: string) => ({ namespace: 'default', name });
const flag = (value: string) => mergePatch({ data: { flag: value } });

describe('manager', () => {
  it('reconciles what there is, then what changes, also what is gone', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    await server.create(ConfigMap, configMap('a', 'x'));
    const { calls, reconcile } = notes();
    const manager = managed(world, reconcile);
    await clock.settle(manager.start(), second);
    await clock.drain();
    expect(calls).toEqual(['default/a']);
    await server.create(ConfigMap, configMap('b', 'x'));
    await clock.drain();
    await server.remove(ConfigMap, ref('a'));
    await clock.drain();
    expect(calls).toEqual(['default/a', 'default/b', 'default/a']);
    await clock.settle(manager.stop(), second);
    await server.remove(ConfigMap, ref('b'));
    await clock.advance(minute);
    expect(calls.length).toBe(3);
  });

  it('wakes the owner, and whom a map names, before and after a change; predicates keep the rest away', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    const owner = await server.create(ConfigMap, configMap('owner', 'x'));
    await server.create(ConfigMap, configMap('other', 'x'));
    const { calls, reconcile } = notes();
    const manager = managed(world, reconcile, {
      watches: [
        For(ConfigMap, { when: (old, map) => old?.data?.flag !== map?.data?.flag }),
        Owns(Secret),
        Maps(Secret, (secret) => (secret.metadata.labels?.for ? [`default/${secret.metadata.labels.for}`] : [])),
      ],
    });
    await clock.settle(manager.start(), second);
    await clock.drain();
    calls.length = 0;
    await server.patch(ConfigMap, ref('other'), mergePatch({ metadata: { labels: { a: 'b' } } }));
    await clock.drain();
    expect(calls).toEqual([]);
    const ownerReferences = [controllerReference(ConfigMap, owner)];
    await server.create(Secret, { metadata: { namespace: 'default', name: 's', ownerReferences } });
    await clock.drain();
    expect(calls).toEqual(['default/owner']);
    calls.length = 0;
    await server.patch(Secret, ref('s'), mergePatch({ metadata: { ownerReferences: null, labels: { for: 'other' } } }));
    await clock.drain();
    expect(calls.sort()).toEqual(['default/other', 'default/owner']);
  });

  it('shows a reconciler its own writes, and gives its name, term and caches', async () => {
    const world = makeWorld();
    const { clock, server, way } = world;
    await server.create(ConfigMap, configMap('a', 'x'));
    const seen: (string | undefined)[] = [];
    const manager = managed(world, async (who, context, { cluster, cache }) => {
      const map = cache.get(ConfigMap, keyOf(who));
      seen.push(map?.data?.flag, String(context.term));
      if (map?.data?.flag !== 'x') return done;
      await cluster.patch(ConfigMap, who, flag('y'), { signal: context.signal });
      seen.push(cache.get(ConfigMap, keyOf(who))?.data?.flag, [...cache.byIndex(ConfigMap, 'flag', 'y').keys()].join());
      return done;
    });
    manager.index(ConfigMap, 'flag', flagsOf);
    way.faults.watchDelay = 10 * second;
    await clock.settle(manager.start(), second);
    await clock.advance(second);
    expect(seen).toEqual(['x', '0', 'y', 'default/a', 'y', '0']);
    expect(() => manager.cache.get(Secret, 'default/a')).toThrow('Secret is not watched');
  });

  it('tries again what failed, ever later; at once what changes; never what is terminal', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    for (const name of ['broken', 'hopeless', 'busy']) await server.create(ConfigMap, configMap(name, 'x'));
    const calls: Record<string, number[]> = { broken: [], hopeless: [], busy: [] };
    const metrics = new RuntimeMetrics();
    const start = clock.now();
    const manager = managed(
      world,
      async ({ name }) => {
        calls[name]?.push(clock.now() - start);
        if (name === 'broken') throw new Error('not yet');
        if (name === 'hopeless') throw new Terminal('never');
        return again(10 * second);
      },
      { metrics },
    );
    await clock.settle(manager.start(), second);
    await clock.advance(100);
    expect(calls.broken).toEqual([0, 5, 15, 35, 75]);
    await server.patch(ConfigMap, ref('broken'), flag('y'));
    await clock.drain();
    expect(calls.broken).toEqual([0, 5, 15, 35, 75, 100]);
    await clock.advance(5 * minute);
    const gaps = calls.broken?.map((at, i) => at - (calls.broken?.[i - 1] ?? 0)) ?? [];
    expect(Math.max(...gaps)).toBe(minute);
    expect(calls.hopeless).toEqual([0]);
    expect(calls.busy?.slice(0, 3)).toEqual([0, 10_000, 20_000]);
    const text = await metrics.registry.metrics();
    expect(text).toContain('controller_runtime_terminal_reconcile_errors_total{controller="test"} 1');
    expect(text).toContain(`result="error"} ${(calls.broken?.length ?? 0) + 1}`);
  });

  it.each([
    ['all of its workers where there is one namespace only', ['default'], 3],
    ['half of them for one of many namespaces, so that others need not wait', undefined, 2],
  ])('runs reconciles on %s, never two of one object', async (_, namespaces, expected) => {
    const world = makeWorld();
    const { clock, server } = world;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await server.create(ConfigMap, configMap(name, '0'));
    const running = new Set<string>();
    const served: string[] = [];
    let most = 0;
    const manager = managed(
      world,
      async ({ name }) => {
        expect(running.has(name)).toBe(false);
        running.add(name);
        most = Math.max(most, running.size);
        await clock.sleep(100);
        running.delete(name);
        served.push(name);
        return done;
      },
      { concurrency: 3, ...(namespaces && { namespaces }) },
    );
    await clock.settle(manager.start(), second);
    for (let i = 0; i < 10; i++) {
      await clock.advance(30);
      for (const name of names) await server.patch(ConfigMap, ref(name), flag(`${i}`));
    }
    await clock.advance(second);
    expect(most).toBe(expected);
    expect(new Set(served)).toEqual(new Set(names));
    expect(running.size).toBe(0);
  });

  it('takes what just happened before what a list brought', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    for (let i = 0; i < 20; i++) await server.create(ConfigMap, configMap(`old${i}`, 'x'));
    const calls: string[] = [];
    const manager = managed(world, async ({ name }) => {
      calls.push(name);
      await clock.sleep(10);
      return done;
    });
    await clock.settle(manager.start(), second);
    await clock.advance(15);
    await server.create(ConfigMap, configMap('new', 'x'));
    await clock.advance(15);
    expect(calls.slice(0, 3)).toEqual(['old0', 'old1', 'new']);
  });

  it('stops gracefully: what runs may finish its writes, what waits is left', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    for (const name of ['a', 'b']) await server.create(ConfigMap, configMap(name, 'x'));
    const manager = managed(world, async (who, { signal }, { cluster }) => {
      await clock.sleep(second);
      await cluster.patch(ConfigMap, who, flag('done'), { signal });
      return done;
    });
    await clock.settle(manager.start(), second);
    await clock.advance(500);
    // whoever asks once more waits for the same end
    await clock.settle(Promise.all([manager.stop(), manager.stop()]), 2 * second);
    expect(manager.readyChecks.running?.()).toBe('stopping');
    await clock.advance(minute);
    const { items } = await server.list(ConfigMap, { namespace: 'default' });
    expect(items.map(({ data }) => data?.flag)).toEqual(['done', 'x']);
  });

  it('does not wait for ever when it stops', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    await server.create(ConfigMap, configMap('a', 'x'));
    const manager = managed(world, () => new Promise(() => undefined), { stopLimit: 5 * second });
    await clock.settle(manager.start(), second);
    await clock.drain();
    const before = clock.now();
    await clock.settle(manager.stop(), minute);
    expect(clock.now() - before).toBe(5 * second);
  });

  it('begins no write after it was killed', async () => {
    const world = makeWorld();
    const { clock, server, way } = world;
    for (const name of ['a', 'b', 'c']) await server.create(ConfigMap, configMap(name, 'x'));
    const refused: string[] = [];
    const manager = managed(
      world,
      async (who, _context, { cluster, events, cache }) => {
        for (let i = 0; ; i++) {
          const map = cache.get(ConfigMap, keyOf(who));
          if (map) events.record(map, 'Normal', 'Turned', `${i}`);
          await cluster.patch(ConfigMap, who, flag(`${i}`)).catch((error: Error) => {
            refused.push(error.message);
            throw error;
          });
          await clock.sleep(10);
        }
      },
      { concurrency: 6 },
    );
    await clock.settle(manager.start(), second);
    await clock.advance(100);
    expect(way.writes).toBeGreaterThan(20);
    manager.kill();
    const writes = way.writes;
    await clock.advance(minute);
    expect(way.writes).toBe(writes);
    expect(refused).toEqual(Array.from({ length: 3 }, () => 'the manager has stopped'));
  });

  it('cannot start before its caches are filled, and says so when it is killed meanwhile', async () => {
    const world = makeWorld();
    world.way.faults.cut = true;
    const { calls, reconcile } = notes();
    const manager = managed(world, reconcile);
    const starting = manager.start();
    const outcome = starting.then(
      () => 'started',
      (error: Error) => error.message,
    );
    await world.clock.advance(minute);
    expect(manager.readyChecks.caches?.()).toBe('not everything is listed yet');
    manager.kill();
    expect(await world.clock.settle(outcome, second)).toBe('the manager has stopped');
    expect(calls).toEqual([]);
  });

  it('writes Events under its name', async () => {
    const world = makeWorld();
    const { clock, server } = world;
    await server.create(ConfigMap, configMap('a', 'x'));
    const manager = managed(
      world,
      async (who, { events }, { cache }) => {
        const map = cache.get(ConfigMap, keyOf(who));
        if (map) events.record(map, 'Normal', 'Seen', 'there it is');
        return done;
      },
      { component: 'penstock.dev/test' },
    );
    await clock.settle(manager.start(), second);
    await clock.settle(manager.stop(), second);
    const { items } = await server.list(Event);
    expect(items).toMatchObject([{ reason: 'Seen', note: 'there it is', reportingController: 'penstock.dev/test' }]);
  });

  it('refuses controllers that could not work', () => {
    const { reconcile } = notes();
    const reconciler = { reconcile };
    expect(() => defineController({ name: 'x', reconciler, watches: [Owns(Secret)] })).toThrow('0 For(...)');
    expect(() => defineController({ name: 'x', reconciler, watches: [For(Secret)], concurrency: 0 })).toThrow(
      'concurrency of 0',
    );
    const manager = managed(makeWorld(), reconcile);
    expect(() => manager.add(defineController({ name: 'test', reconciler, watches: [For(Secret)] }))).toThrow(
      'two controllers test',
    );
  });

  it('does the same for the same seed', async () => {
    const run = async () => {
      const world = makeWorld(11, { latency: (random) => random.exponential(5) });
      const { clock, server } = world;
      Object.assign(world.way.faults, { refused: 0.1, lost: 0.05, watchDelay: 5 });
      const log: string[] = [];
      const manager = managed(
        world,
        async (who, { signal }, { cluster, cache }) => {
          const count = Number(cache.get(ConfigMap, keyOf(who))?.data?.flag ?? 0);
          log.push(`${clock.now()} ${who.name} ${count}`);
          if (count < 10) await cluster.patch(ConfigMap, who, flag(`${count + 1}`), { signal });
          return done;
        },
        { concurrency: 4 },
      );
      const creating = Promise.all(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => server.create(ConfigMap, configMap(name, '0'))),
      );
      await clock.settle(creating, second);
      await clock.settle(manager.start(), minute);
      await clock.advance(minute);
      return log;
    };
    const log = await run();
    expect(log.length).toBeGreaterThan(60);
    expect(await run()).toEqual(log);
  });
});
