/** The resource metrics API: documents as metrics-server writes them, and a server on a socket of this machine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { aNode, Reported } from '../../../../test/scheduler/nodes.js';
import { fixedCredentials, KubernetesCluster } from '../../../cluster/kubernetes/index.js';
import { silentLogger } from '../../../support/log.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { WallClock } from '../../../support/wall-clock.js';
import { MetricsApiSource, type MetricsApiSourceOptions } from './metrics-api-source.js';
import { chosenVersion, goDuration, nodeMetrics, podMetrics } from './metrics.js';

const clock = new VirtualClock();
const start = clock.now();
const stamp = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');

const nodeItem = (
  name: string,
  to: number,
  usage: unknown = { cpu: '1500250000n', memory: '2Gi' },
  window = '15.5s',
) => ({
  metadata: { name, creationTimestamp: stamp(to) },
  timestamp: stamp(to),
  window,
  usage,
});

const podItem = (name: string, ...cpus: readonly string[]) => ({
  metadata: { name, namespace: 'ns' },
  timestamp: stamp(start),
  window: '15s',
  containers: cpus.map((cpu, n) => ({ name: `c${n}`, usage: { cpu, memory: '1Mi' } })),
});

const list = (...items: readonly unknown[]) => ({ kind: 'List', metadata: {}, items });

const groupOf = (...served: readonly string[]) => ({
  kind: 'APIGroup',
  name: 'metrics.k8s.io',
  versions: served.map((version) => ({ groupVersion: `metrics.k8s.io/${version}`, version })),
});

test.each([
  ['15.123s', 15_123],
  ['1m0s', 60_000],
  ['1h2m3.5s', 3_723_500],
  ['500ms', 500],
  ['', undefined],
  ['15', undefined],
  ['-5s', undefined],
  ['1..5s', undefined],
  ['9'.repeat(400), undefined],
])('A duration of Go %j is %j ms', (text, duration) => {
  expect(goDuration(text)).toBe(duration);
});

test.each([
  ['the newest that can be read', groupOf('v1beta1', 'v1'), 'v1'],
  ['the only one', groupOf('v1beta1'), 'v1beta1'],
  ['none when none can be read', groupOf('v2'), undefined],
  ['none of what is no group', 'v1', undefined],
  ['none of a group whose versions are no list', { versions: { version: 'v1' } }, undefined],
])('Of the versions that are served, %s is taken', (_what, given, version) => {
  expect(chosenVersion(given)).toBe(version);
});

describe('A list of metrics', () => {
  test('has the use of nodes over the window before their timestamp', () => {
    expect(nodeMetrics(list(nodeItem('a', start)))).toEqual(
      new Map([
        ['a', { from: start - 15_500, to: start, use: { cpu: expect.closeTo(1500.25, 6), memory: 2 * 2 ** 30 } }],
      ]),
    );
  });

  test.each([
    ['no timestamp', { ...nodeItem('a', start), timestamp: undefined }],
    ['a window of nothing', nodeItem('a', start, { cpu: '1' }, '0s')],
    ['a window that is none', nodeItem('a', start, { cpu: '1' }, 'short')],
    ['no name', { ...nodeItem('a', start), metadata: {} }],
    ['amounts that are none', nodeItem('a', start, { cpu: 'much', memory: 7 })],
    ['amounts below nothing', nodeItem('a', start, { cpu: '-1', memory: '-1Mi' })],
    ['no usage', nodeItem('a', start, null)],
  ])('has nothing of an item with %s', (_what, item) => {
    expect([...nodeMetrics(list(item, nodeItem('b', start))).keys()]).toEqual(['b']);
  });

  test.each([
    ['a text', 'items'],
    ['nothing', null],
    ['a list of what are no items', list(null, 7, [])],
    ['an object without items', {}],
  ])('has nothing when it is %s', (_what, given) => {
    expect([nodeMetrics(given).size, podMetrics(given).size]).toEqual([0, 0]);
  });

  test('has of pods what their containers use together', () => {
    expect(podMetrics(list(podItem('p', '100m', '250m'), podItem('ending')))).toEqual(
      new Map([['ns/p', { cpu: 350, memory: 2 * 2 ** 20 }]]),
    );
  });
});

const servers: Server[] = [];
const clusters: KubernetesCluster[] = [];
afterEach(() => {
  for (const cluster of clusters.splice(0)) cluster.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The source on an API server that has these documents; the client is the one for real servers. */
async function sourceOn(documents: Record<string, unknown>, options: Partial<MetricsApiSourceOptions> = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const document = documents[path];
    if (document === undefined) response.writeHead(404).end('404 page not found');
    else response.end(JSON.stringify(document));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster = new KubernetesCluster({
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: fixedCredentials({ headers: {}, tls: {} }),
    clock: new WallClock(),
    logger: silentLogger,
  });
  clusters.push(cluster);
  const source = new MetricsApiSource({ document: (path, given) => cluster.document(path, given), clock, ...options });
  const read = async (...names: readonly string[]) => {
    const reported = new Reported();
    await source.read(
      names.map((name) => aNode(name)),
      reported,
      new AbortController().signal,
    );
    return reported;
  };
  return { asked, read };
}

describe('A source of the metrics API', () => {
  it('asks which version there is, once, and reports the nodes that are wanted', async () => {
    const { asked, read } = await sourceOn({
      '/apis/metrics.k8s.io': groupOf('v1beta1'),
      '/apis/metrics.k8s.io/v1beta1/nodes': list(nodeItem('a', start - 5000), nodeItem('unknown', start)),
    });
    const { samples, failures } = await read('a', 'b');
    expect(samples).toEqual({
      a: {
        node: 'a',
        from: start - 20_500,
        to: start - 5000,
        use: { cpu: expect.closeTo(1500.25, 6), memory: 2 * 2 ** 30 },
      },
    });
    expect(failures).toEqual({ b: 'metrics.k8s.io has no figures of it' });
    await read('a');
    expect(asked.filter((path) => path === '/apis/metrics.k8s.io')).toHaveLength(1);
  });

  it('reports figures once, however often it finds them', async () => {
    const { read } = await sourceOn({
      '/apis/metrics.k8s.io': groupOf('v1'),
      '/apis/metrics.k8s.io/v1/nodes': list(nodeItem('a', start)),
    });
    expect(Object.keys((await read('a')).samples)).toEqual(['a']);
    expect(await read('a')).toEqual(new Reported());
  });

  it('gives pods to their nodes where it is told which they are on', async () => {
    const { read } = await sourceOn(
      {
        '/apis/metrics.k8s.io': groupOf('v1'),
        '/apis/metrics.k8s.io/v1/nodes': list(nodeItem('a', start), nodeItem('b', start)),
        '/apis/metrics.k8s.io/v1/pods': list(podItem('p', '1'), podItem('q', '2'), podItem('nowhere', '3')),
      },
      { nodeOf: (pod) => (pod === 'ns/nowhere' ? undefined : 'a') },
    );
    const { samples } = await read('a', 'b');
    expect([...(samples.a?.pods ?? [])]).toEqual([
      ['ns/p', { cpu: 1000, memory: 2 ** 20 }],
      ['ns/q', { cpu: 2000, memory: 2 ** 20 }],
    ]);
    expect(samples.b?.pods?.size).toBe(0);
  });

  it('says that there is no metrics-server when there is none, and finds it when it comes', async () => {
    const documents: Record<string, unknown> = {};
    const { read } = await sourceOn(documents);
    await expect(read('a')).rejects.toThrow('the cluster does not serve metrics.k8s.io: it has no metrics-server');
    documents['/apis/metrics.k8s.io'] = groupOf('v9');
    await expect(read('a')).rejects.toThrow('the cluster serves metrics.k8s.io in none of the versions v1, v1beta1');
    documents['/apis/metrics.k8s.io'] = groupOf('v1beta1');
    documents['/apis/metrics.k8s.io/v1beta1/nodes'] = list(nodeItem('a', start));
    expect((await read('a')).samples.a).toBeDefined();
  });

  it('asks anew which version there is when the one it knew is gone', async () => {
    const documents: Record<string, unknown> = {
      '/apis/metrics.k8s.io': groupOf('v1beta1'),
      '/apis/metrics.k8s.io/v1beta1/nodes': list(nodeItem('a', start)),
    };
    const { read } = await sourceOn(documents);
    await read('a');
    delete documents['/apis/metrics.k8s.io/v1beta1/nodes'];
    documents['/apis/metrics.k8s.io'] = groupOf('v1');
    documents['/apis/metrics.k8s.io/v1/nodes'] = list(nodeItem('a', start + 1000));
    await expect(read('a')).rejects.toThrow('404 page not found');
    expect((await read('a')).samples.a).toBeDefined();
  });
});
