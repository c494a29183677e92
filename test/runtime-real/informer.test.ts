import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ConfigMap, Namespace } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { Informer } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { flagsOf, tell, watchForRelapse } from '../runtime/world.js';
import { clientOf, clock, held, until } from './real-world.js';
import { TcpProxy } from './tcp-proxy.js';

describe.skipIf(lacks(controlPlane, 'the informer on a real API server'))('an informer on a real API server', () => {
  let plane: ControlPlane;
  let proxy: TcpProxy;
  let direct: ReturnType<typeof clientOf>;
  const ends: (() => void)[] = [];
  let number = 0;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    proxy = await TcpProxy.to(plane.url);
    direct = clientOf(plane, plane.url);
  });
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });
  afterAll(async () => {
    direct?.cluster.close();
    await proxy?.close();
    await plane?.stop();
  });

  /** An informer behind the proxy, on a namespace of its own that holds `a` and `b`. */
  async function follow() {
    const namespace = `informer-${++number}`;
    await direct.cluster.create(Namespace, { metadata: { name: namespace } });
    const write = (name: string, flag: string) =>
      direct.cluster.create(ConfigMap, { metadata: { namespace, name }, data: { flag } });
    const flag = (name: string, value: string) =>
      direct.cluster.patch(ConfigMap, { namespace, name }, mergePatch({ data: { flag: value } }));
    const remove = (name: string) => direct.cluster.remove(ConfigMap, { namespace, name });
    for (const name of ['a', 'b']) await write(name, 'x');
    const { cluster, way, random } = clientOf(plane, proxy.url);
    const parts = { cluster: way, kind: ConfigMap, clock, random, logger: silentLogger };
    const informer = new Informer({ ...parts, namespaces: [namespace] });
    informer.addIndex('flag', flagsOf);
    const told = tell(informer);
    const complaints = watchForRelapse(informer);
    const life = new AbortController();
    const running = informer.run(life.signal);
    ends.push(() => {
      life.abort();
      cluster.close();
    });
    await informer.synced;
    const showsAll = async () => {
      const stored = await held(direct.cluster, namespace);
      const shown = new Map([...informer.list()].map((map) => [`${namespace}/${map.metadata.name}`, map]));
      if (shown.size !== stored.size) return false;
      return [...stored].every(
        ([key, map]) => shown.get(key)?.metadata.resourceVersion === map.metadata.resourceVersion,
      );
    };
    const onX = () => [...informer.byIndex('flag', 'x').keys()].map((key) => key.split('/')[1]);
    return { namespace, write, flag, remove, informer, told, complaints, way, showsAll, onX, running, life };
  }

  it('lists in pages and follows in the order of the history', async () => {
    const { namespace, flag, remove, write, told, showsAll, onX, complaints } = await follow();
    await flag('a', 'y');
    await write('c', 'x');
    await remove('b');
    await until(showsAll);
    const news = ['~ a', '+ c', '- b'].map((line) => line.replace(' ', ` ${namespace}/`));
    expect(told.slice(2)).toEqual(news);
    expect(onX()).toEqual(['c']);
    expect(complaints).toEqual([]);
  });

  it('goes on from its mark when the connection is cut, without another list', async () => {
    const { way, flag, remove, write, showsAll, complaints } = await follow();
    for (let round = 0; round < 3; round++) {
      proxy.cut();
      await write(`c${round}`, 'x');
      await flag('a', `${round}`);
      if (round === 1) await remove('b');
      await until(showsAll);
    }
    expect(way.lists).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('notices a connection that carries nothing any more', async () => {
    const { way, flag, remove, told, showsAll, complaints } = await follow();
    await flag('a', 'y');
    await until(showsAll);
    proxy.stall();
    const before = told.length;
    await flag('a', 'z');
    await remove('b');
    await clock.sleep(500);
    expect(told.length).toBe(before);
    await until(showsAll);
    expect(way.lists).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('survives a restart of the API server, also a crash', async () => {
    const { flag, write, showsAll, complaints, informer } = await follow();
    await plane.restartApiServer();
    await flag('a', 'y');
    await until(showsAll);
    await plane.restartApiServer('SIGKILL');
    await write('c', 'x');
    await until(showsAll);
    expect(informer.size).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('lists again when its mark is older than what the server remembers', async () => {
    const { way, flag, remove, write, showsAll, told, complaints, onX } = await follow();
    way.faults.cut = true;
    proxy.cut();
    await remove('b');
    await flag('a', 'y');
    await write('c', 'x');
    // a server that has just started remembers nothing of what happened before
    await plane.restartApiServer();
    await write('d', 'x');
    const before = told.length;
    way.faults.cut = false;
    await until(showsAll);
    expect(way.expired).toBe(1);
    expect(way.lists).toBe(2);
    expect(new Set(told.slice(before).map((line) => line.replace(/ .*\//, ' ')))).toEqual(
      new Set(['- b', '~ a', '+ c', '+ d']),
    );
    expect(onX()).toEqual(['c', 'd']);
    expect(complaints).toEqual([]);
  });

  it('ends with its signal', async () => {
    const { life, running, told, flag } = await follow();
    life.abort();
    await running;
    const before = told.length;
    await flag('a', 'y');
    await clock.sleep(500);
    expect(told.length).toBe(before);
  });
});
