import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigMap, Event, Lease, Namespace } from '../../src/api/kubernetes.js';
import { keyOf } from '../../src/api/meta/resource.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { addFinalizer, createManager, defineController, done, For, removeFinalizer } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { second } from '../../src/support/time.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { type SharedControlPlane, sharedControlPlane } from '../control-plane/shared.js';
import { clientOf, clock, until } from './real-world.js';

const namespace = 'managers';

describe.skipIf(lacks(controlPlane, 'managers on a real API server'))('managers on a real API server', () => {
  let plane: SharedControlPlane;
  let direct: ReturnType<typeof clientOf>;
  beforeAll(async () => {
    plane = await sharedControlPlane();
    direct = clientOf(plane, plane.url);
    await direct.cluster.create(Namespace, { metadata: { name: namespace } });
  });
  afterAll(() => direct?.cluster.close());

  /** A replica that signs the ConfigMaps that ask for it, and says so. */
  function replica(identity: string) {
    const { cluster, random } = clientOf(plane, plane.url);
    const election = { namespace, name: 'operator', identity };
    const manager = createManager({ cluster, clock, random, logger: silentLogger, election, namespaces: [namespace] });
    manager.add(
      defineController({
        name: 'sign',
        watches: [For(ConfigMap)],
        reconciler: {
          async reconcile(ref, { term, signal, events }) {
            const map = manager.cache.get(ConfigMap, keyOf(ref));
            if (map?.data?.flag !== 'todo') return done;
            const patch = mergePatch({ data: { flag: `${identity}${term}` } });
            const signed = await manager.cluster.patch(ConfigMap, ref, patch, { signal });
            // the watch may have been faster than the answer: then the cache has its copy of the same state
            const { managedFields: _managedFields, ...metadata } = signed.metadata;
            expect(manager.cache.get(ConfigMap, keyOf(ref))).toEqual({ ...signed, metadata });
            events.record(map, 'Normal', 'Signed', `by ${identity}`);
            events.record(map, 'Normal', 'Signed', `by ${identity}`);
            return done;
          },
        },
      }),
    );
    return { manager, close: () => cluster.close() };
  }

  const todo = (name: string) =>
    direct.cluster.create(ConfigMap, { metadata: { namespace, name }, data: { flag: 'todo' } });
  const flagOf = async (name: string) => (await direct.cluster.get(ConfigMap, { namespace, name })).data?.flag;

  it('hand over on a stop, take over from a crash, and write Events that the server takes', async () => {
    const [a, b, c] = [replica('a'), replica('b'), replica('c')];
    await a.manager.start();
    await until(() => a.manager.leading);
    await b.manager.start();
    await todo('one');
    await until(async () => (await flagOf('one')) === 'a1');
    await a.manager.stop();
    a.close();
    const { spec } = await direct.cluster.get(Lease, { namespace, name: 'operator' });
    expect(spec?.leaseTransitions).toBeGreaterThanOrEqual(1);
    await todo('two');
    await until(async () => (await flagOf('two')) === 'b2');
    await c.manager.start();
    b.manager.kill();
    await todo('three');
    await until(async () => (await flagOf('three')) === 'c3');
    await c.manager.stop();
    const events = await direct.cluster.list(Event, { namespace });
    const signed = events.items.filter(({ reason }) => reason === 'Signed');
    expect(signed.map(({ note, regarding, series }) => [regarding?.name, note, series?.count])).toEqual(
      expect.arrayContaining([
        ['one', 'by a', 2],
        ['three', 'by c', 2],
      ]),
    );
    for (const { close } of [b, c]) close();
  });

  it('count equal Events in a series that the server takes', async () => {
    const { cluster, random } = clientOf(plane, plane.url);
    const manager = createManager({ cluster, clock, random, logger: silentLogger });
    const map = await direct.cluster.create(ConfigMap, { metadata: { namespace, name: 'counted' } });
    await manager.start();
    const count = async () => {
      const { items } = await direct.cluster.list(Event, { namespace });
      return items.find(({ regarding }) => regarding?.name === 'counted')?.series?.count;
    };
    manager.events.record(map, 'Warning', 'Odd', 'very odd');
    await clock.sleep(second);
    manager.events.record(map, 'Warning', 'Odd', 'very odd');
    manager.events.record(map, 'Warning', 'Odd', 'very odd');
    await manager.stop();
    expect(await count()).toBe(3);
    cluster.close();
  });

  it('hold objects by finalizers', async () => {
    const { cluster } = direct;
    const name = 'held';
    const created = await cluster.create(ConfigMap, { metadata: { namespace, name } });
    const held = await addFinalizer(cluster, ConfigMap, created, 'penstock.dev/test');
    expect(await cluster.remove(ConfigMap, { namespace, name })).toBeDefined();
    await expect(removeFinalizer(cluster, ConfigMap, held, 'penstock.dev/test')).rejects.toMatchObject({
      reason: 'Conflict',
    });
    await removeFinalizer(cluster, ConfigMap, await cluster.get(ConfigMap, { namespace, name }), 'penstock.dev/test');
    await expect(cluster.get(ConfigMap, { namespace, name })).rejects.toMatchObject({ reason: 'NotFound' });
  });
});
