import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { ConfigMap, Namespace, Pod } from '../../src/api/kubernetes.js';
import { Expired, Unreachable } from '../../src/cluster/errors.js';
import {
  connect,
  type Connection,
  explain,
  fixedCredentials,
  KubernetesCluster,
} from '../../src/cluster/kubernetes/index.js';
import { exitCodes } from '../../src/support/errors.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { Proxy } from './proxy.js';

const clock = new WallClock();
const parts = { clock, logger: silentLogger };
const namespace = 'default';
const draft = (name: string) => ({ metadata: { name, namespace } });

describe.skipIf(lacks(controlPlane, 'the client against a real API server'))('a real API server', () => {
  let plane: ControlPlane;
  let connection: Connection;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    connection = await connect({ kubeconfig: plane.kubeconfig }, { ...parts, watchSeconds: 3, watchGrace: 1000 });
  });
  afterAll(async () => {
    connection?.close();
    await plane?.stop();
  });

  /** A client of the plane, through `port` of this machine where given, as whoever has `token`. */
  const clientOf = (options: { token?: string; port?: number; ca?: string; requestTimeout?: number } = {}) => {
    const { token = plane.adminToken, port, ca = plane.ca, requestTimeout = 5_000 } = options;
    return new KubernetesCluster({
      ...parts,
      server: port === undefined ? plane.url : `https://127.0.0.1:${port}`,
      credentials: fixedCredentials({ headers: { authorization: `Bearer ${token}` }, tls: { ca } }),
      requestTimeout,
      watchSeconds: 3,
      watchGrace: 1000,
    });
  };
  const where = () => ({ server: plane.url, context: 'test', user: 'test' });
  const explained = (call: Promise<unknown>) =>
    call.then(
      () => {
        throw new Error('the call should have failed');
      },
      (error: unknown) => explain(error, where()),
    );

  /** What a patient watcher sees: after each end or break it goes on from its last mark, a bounded number of times. */
  async function follow(cluster: KubernetesCluster, since: string, until: string, onEvent: (name: string) => void) {
    const seen: string[] = [];
    let mark = since;
    for (let round = 0; round < 20; round++)
      try {
        for await (const event of cluster.watch(ConfigMap, { namespace, since: mark })) {
          if (event.type === 'BOOKMARK') {
            mark = event.resourceVersion;
            continue;
          }
          mark = event.object.metadata.resourceVersion;
          seen.push(event.object.metadata.name);
          onEvent(event.object.metadata.name);
          if (event.object.metadata.name === until) return seen;
        }
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await clock.sleep(200);
      }
    throw new Error(`only ${seen.join(' ')} came`);
  }

  test('the namespace and the server come from the kubeconfig', () => {
    expect(connection).toMatchObject({ namespace: 'default', server: plane.url, context: 'test', user: 'test' });
  });

  test('a watch ends by itself, without an error, and the next goes on', async () => {
    const { cluster } = connection;
    const { resourceVersion } = await cluster.list(ConfigMap, { namespace });
    for await (const event of cluster.watch(ConfigMap, { namespace, since: resourceVersion }))
      expect(event.type).toBe('BOOKMARK');
    await cluster.create(ConfigMap, draft('after-the-end'));
    expect(await follow(cluster, resourceVersion, 'after-the-end', () => {})).toEqual(['after-the-end']);
  });

  test('a watch whose connection is cut goes on from its mark: nothing lost, nothing twice', async () => {
    const proxy = await Proxy.before(plane.url);
    const cluster = clientOf({ port: proxy.port });
    const { resourceVersion } = await cluster.list(ConfigMap, { namespace });
    const names = Array.from({ length: 30 }, (_, n) => `cut-${n}`);
    const following = follow(cluster, resourceVersion, 'cut-29', (name) => {
      if (name === 'cut-5' || name === 'cut-15') proxy.cut();
    });
    for (const name of names) {
      await connection.cluster.create(ConfigMap, draft(name));
      await clock.sleep(10);
    }
    expect(await following).toEqual(names);
    cluster.close();
    await proxy.close();
  });

  test('a watch whose connection stalls is noticed and goes on from its mark', async () => {
    const proxy = await Proxy.before(plane.url);
    const cluster = clientOf({ port: proxy.port });
    const { resourceVersion } = await cluster.list(ConfigMap, { namespace });
    const following = follow(cluster, resourceVersion, 'stalled-2', (name) => {
      if (name !== 'stalled-1') return;
      proxy.stall();
      void connection.cluster.create(ConfigMap, draft('stalled-2'));
    });
    await connection.cluster.create(ConfigMap, draft('stalled-1'));
    expect(await following).toEqual(['stalled-1', 'stalled-2']);
    cluster.close();
    await proxy.close();
  });

  test('a call on a connection that stalls is Unreachable, and the next has another connection', async () => {
    const proxy = await Proxy.before(plane.url);
    const cluster = clientOf({ port: proxy.port, requestTimeout: 500 });
    await cluster.list(Namespace);
    proxy.stall();
    await expect(cluster.list(Namespace)).rejects.toBeInstanceOf(Unreachable);
    expect((await cluster.list(Namespace)).items.length).toBeGreaterThan(0);
    expect(proxy.connections).toBe(2);
    cluster.close();
    await proxy.close();
  });

  test('a wrong token: who, and what to do', async () => {
    const told = await explained(clientOf({ token: 'wrong' }).list(Pod));
    expect(told.message).toBe(
      `${plane.url} does not know user "test" (context "test"): the token or certificate is wrong or has expired`,
    );
    expect(told.exitCode).toBe(exitCodes.forbidden);
  });

  test('a missing permission is named', async () => {
    const told = await explained(clientOf({ token: plane.userToken }).list(Pod, { namespace }));
    expect(told.message).toBe(
      'pods is forbidden: User "visitor" cannot list resource "pods" in API group "" in the namespace "default"',
    );
    expect(told.exitCode).toBe(exitCodes.forbidden);
  });

  test('a server that another authority vouches for is not trusted', async () => {
    const told = await explained(clientOf({ ca: '' }).list(Pod));
    expect(told.message).toMatch(/the certificate of https:.* is not signed by the authority/);
    expect(told.exitCode).toBe(exitCodes.unreachable);
  });

  test('kinds that are not installed: how to install them', async () => {
    const told = await explained(connection.cluster.list(ContainerPool, { namespace }));
    expect(told).toMatchObject({ hint: 'run `penstock install --crds`', exitCode: exitCodes.notInstalled });
  });

  test('a server that stops and comes back: calls fail meanwhile, its older marks are Expired', async () => {
    const cluster = clientOf();
    const { resourceVersion } = await cluster.list(ConfigMap, { namespace });
    await cluster.create(ConfigMap, draft('before-restart'));
    await plane.stopApiServer('SIGKILL');
    const told = await explained(cluster.list(Pod));
    expect(told.message).toBe(`${plane.url} cannot be reached: nothing listens there (ECONNREFUSED)`);
    await plane.startApiServer();
    await cluster.create(ConfigMap, draft('after-restart'));
    // its memory of events begins with it
    await expect(follow(cluster, resourceVersion, 'after-restart', () => {})).rejects.toBeInstanceOf(Expired);
    cluster.close();
  });

  test('a server that holds still is noticed by the time-out', async () => {
    const cluster = clientOf({ requestTimeout: 500 });
    await cluster.list(Namespace);
    plane.stall('kube-apiserver');
    const told = await explained(cluster.list(Namespace));
    plane.resume('kube-apiserver');
    expect(told.message).toContain('no answer within 500 ms');
    expect(told.exitCode).toBe(exitCodes.unreachable);
    await connection.cluster.list(Namespace);
  });
});
