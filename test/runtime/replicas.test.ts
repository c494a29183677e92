import { describe, expect, it } from 'vitest';
import { ConfigMap, Lease } from '../../src/api/kubernetes.js';
import { keyOf } from '../../src/api/meta/resource.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createManager, defineController, done, For, RuntimeMetrics } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { minute, second } from '../../src/support/time.js';
import { FlakyCluster } from './flaky-cluster.js';
import { configMap, makeWorld, type World } from './world.js';

/** A replica whose controller signs every ConfigMap whose flag is `todo`, with its name and term. */
function replica(world: World, identity: string) {
  const { clock, server } = world;
  const random = world.random.split(identity);
  const way = new FlakyCluster(server, clock, random.split('way'));
  const metrics = new RuntimeMetrics();
  const election = { namespace: 'default', name: 'operator', identity };
  const manager = createManager({ cluster: way, clock, random, logger: silentLogger, election, metrics });
  const signed: string[] = [];
  const refused: string[] = [];
  manager.add(
    defineController({
      name: 'sign',
      watches: [For(ConfigMap)],
      reconciler: {
        async reconcile(ref, { term }) {
          if (manager.cache.get(ConfigMap, keyOf(ref))?.data?.flag !== 'todo') return done;
          await clock.sleep(100);
          const patch = mergePatch({ data: { flag: `${identity}${term}` } });
          await manager.cluster.patch(ConfigMap, ref, patch).catch((error: Error) => {
            refused.push(error.message);
            throw error;
          });
          signed.push(ref.name);
          return done;
        },
      },
    }),
  );
  return { manager, way, metrics, signed, refused };
}

async function two() {
  const world = makeWorld(5);
  const [a, b] = [replica(world, 'a'), replica(world, 'b')];
  await world.clock.settle(a.manager.start(), second);
  await world.clock.settle(b.manager.start(), second);
  await world.clock.runUntil(() => a.manager.leading, second);
  const flags = async () => {
    const { items } = await world.server.list(ConfigMap, { namespace: 'default' });
    return items.map(({ data }) => data?.flag);
  };
  const todo = (name: string) => world.server.create(ConfigMap, configMap(name, 'todo'));
  return { ...world, a, b, flags, todo };
}

describe('two replicas of a manager', () => {
  it('work one at a time: the standby is ready, with its caches warm', async () => {
    const { clock, a, b, flags, todo } = await two();
    await todo('m');
    await clock.advance(second);
    expect(await flags()).toEqual(['a1']);
    expect([a.manager.leading, b.manager.leading]).toEqual([true, false]);
    expect(b.manager.readyChecks.caches?.()).toBeUndefined();
    expect(b.manager.cache.get(ConfigMap, 'default/m')?.data?.flag).toBe('a1');
    expect(await a.metrics.registry.metrics()).toContain('leader_election_master_status{name="operator"} 1');
    expect(await b.metrics.registry.metrics()).toContain('leader_election_master_status{name="operator"} 0');
    await expect(b.manager.cluster.create(ConfigMap, configMap('n', 'x'))).rejects.toThrow('does not lead');
  });

  it('hand over when one stops, and finish what it began', async () => {
    const { clock, server, a, b, flags, todo } = await two();
    await todo('m');
    await clock.advance(50);
    await clock.settle(a.manager.stop(), second);
    expect(await flags()).toEqual(['a1']);
    const lease = await server.get(Lease, { namespace: 'default', name: 'operator' });
    expect(lease.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 1 });
    await todo('n');
    await clock.advance(second);
    expect(await flags()).toEqual(['a1', 'b2']);
    expect(b.manager.leading).toBe(true);
  });

  it('take over within 5 s when one dies', async () => {
    const { clock, a, b, flags, todo } = await two();
    await todo('m');
    await clock.advance(50);
    a.manager.kill();
    const writes = a.way.writes;
    expect(await clock.runUntil(() => b.manager.leading, 5 * second)).toBe(true);
    await clock.advance(second);
    expect(await flags()).toEqual(['b2']);
    expect(a.way.writes).toBe(writes);
    expect(a.refused).toEqual(['the manager has stopped']);
  });

  it('let a leader that lost its server write nothing more, and stand again later', async () => {
    const { clock, a, b, flags, todo } = await two();
    await todo('m');
    await clock.advance(second);
    a.way.faults.cut = true;
    await todo('n');
    await clock.advance(10 * second);
    expect([a.manager.leading, b.manager.leading]).toEqual([false, true]);
    a.way.faults.cut = false;
    await todo('o');
    await clock.advance(20 * second);
    expect(await flags()).toEqual(['a1', 'b2', 'b2']);
    b.manager.kill();
    await todo('p');
    await clock.advance(6 * second);
    expect(await flags()).toEqual(['a1', 'b2', 'b2', 'a3']);
    expect(a.manager.leading).toBe(true);
  });

  it('read the newest state before a new leader decides anything', async () => {
    const { clock, server, a, b, flags, todo } = await two();
    await todo('m');
    await clock.advance(second);
    // b's watches show nothing of what a does now
    b.way.faults.stalled = true;
    await todo('n');
    await server.patch(ConfigMap, { namespace: 'default', name: 'm' }, mergePatch({ data: { flag: 'todo' } }));
    await clock.advance(second);
    await clock.settle(a.manager.stop(), second);
    await clock.advance(second);
    expect(b.manager.leading).toBe(true);
    expect(await flags()).toEqual(['a1', 'a1']);
    expect(b.signed).toEqual([]);
  });

  it('wait for the newest state as long as it cannot be read', async () => {
    const { clock, a, b, flags, todo } = await two();
    const list = b.way.list;
    let broken = true;
    b.way.list = (...call) => (broken ? Promise.reject(new Error('no list today')) : list(...call));
    await todo('m');
    a.manager.kill();
    await clock.advance(10 * second);
    expect(b.manager.leading).toBe(true);
    expect(await flags()).toEqual(['todo']);
    broken = false;
    await clock.advance(3 * second);
    expect(await flags()).toEqual(['b2']);
  });

  it('leave when a standby stops', async () => {
    const { clock, a, b } = await two();
    await clock.settle(b.manager.stop(), second);
    await clock.advance(minute);
    a.manager.kill();
    await clock.advance(minute);
    expect(b.manager.leading).toBe(false);
  });
});
