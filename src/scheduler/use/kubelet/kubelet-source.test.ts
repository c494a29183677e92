/** Kubelets on sockets of this machine, and what can go wrong with them. */
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Certified } from '../../../../test/control-plane/certificates.js';
import { aNode, Reported } from '../../../../test/scheduler/nodes.js';
import { fixedCredentials, type Credentials } from '../../../cluster/kubernetes/index.js';
import { keepAliveHttpClient, type KeepAliveHttpClient } from '../../../runtime/index.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { WallClock } from '../../../support/wall-clock.js';
import { KubeletSource, type KubeletSourceOptions } from './kubelet-source.js';

const authority = new Authority('kubelets');
const own = authority.certifyServer('127.0.0.1');
/** What the source stamps samples by; the sockets go by the clock on the wall. */
const clock = new VirtualClock();
const start = clock.now();
const stamp = (instant: number) => new Date(instant).toISOString();

const servers: Server[] = [];
let http: KeepAliveHttpClient;
beforeEach(() => {
  http = keepAliveHttpClient(new WallClock());
});
afterEach(() => {
  http.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function kubelet(answer: RequestListener, { certificate, key }: Certified = own): Promise<number> {
  const server = createServer({ cert: certificate, key }, answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const summary = (nodeName: string, at: number, cpu: number, more: object = {}) =>
  JSON.stringify({
    node: {
      nodeName,
      cpu: { time: stamp(at), usageNanoCores: 5e8, usageCoreNanoSeconds: cpu },
      memory: { time: stamp(at), workingSetBytes: 1e9 },
    },
    pods: [
      {
        podRef: { name: 'p', namespace: 'ns' },
        cpu: { time: stamp(at), usageNanoCores: 2e8, usageCoreNanoSeconds: cpu / 10 },
      },
    ],
    ...more,
  });

const sourceOf = (options: Partial<KubeletSourceOptions> = {}) =>
  new KubeletSource({
    http,
    clock,
    credentials: fixedCredentials({ headers: { authorization: 'Bearer t' }, tls: {} }),
    ca: authority.certificate,
    ...options,
  });

async function readBy(source: KubeletSource, ...nodes: ReturnType<typeof aNode>[]): Promise<Reported> {
  const reported = new Reported();
  await source.read(nodes, reported, new AbortController().signal);
  return reported;
}

describe('A source of kubelets', () => {
  it('asks with the credentials, and takes the rate of a counter from the second reading on', async () => {
    const asked: unknown[] = [];
    let document = '';
    const port = await kubelet((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.end(document);
    });
    const source = sourceOf();
    document = summary('a', start - 4000, 0);
    const first = await readBy(source, aNode('a', { port }));
    expect(first.samples.a).toEqual({
      node: 'a',
      from: start - 14_000,
      to: start - 4000,
      use: { cpu: 500, memory: 1e9 },
      pressure: {},
      pods: new Map([['ns/p', { cpu: 200 }]]),
    });
    document = summary('a', start, 8e9);
    const second = await readBy(source, aNode('a', { port }));
    expect(second.samples.a).toMatchObject({
      from: start - 4000,
      to: start,
      use: { cpu: 2000, memory: 1e9 },
      pods: new Map([['ns/p', { cpu: 200 }]]),
    });
    expect(asked).toEqual([
      ['GET', '/stats/summary', 'Bearer t'],
      ['GET', '/stats/summary', 'Bearer t'],
    ]);
  });

  it('reports nothing of a node whose figures are those of the reading before', async () => {
    const port = await kubelet((_, response) => response.end(summary('a', start, 1)));
    const source = sourceOf();
    expect((await readBy(source, aNode('a', { port }))).samples.a).toBeDefined();
    expect(await readBy(source, aNode('a', { port }))).toEqual(new Reported());
  });

  it('takes no rate between a node and a later one of its name', async () => {
    let at = start - 10_000;
    const port = await kubelet((_, response) => response.end(summary('a', at, at === start ? 9e12 : 0)));
    const source = sourceOf();
    await readBy(source, aNode('a', { port, uid: 'old' }));
    at = start;
    const { samples } = await readBy(source, aNode('a', { port, uid: 'new' }));
    expect(samples.a).toMatchObject({ use: { cpu: 500 } });
  });

  it('goes by its own clock where that of a node is far off', async () => {
    let at = start + 3_600_000;
    const port = await kubelet((_, response) => response.end(summary('a', at, (at / 1000) * 1e9)));
    const source = sourceOf();
    expect((await readBy(source, aNode('a', { port }))).samples.a).toMatchObject({ to: start });
    at += 10_000;
    // the span is that of the node's clock: one core all the time
    expect((await readBy(source, aNode('a', { port }))).samples.a).toMatchObject({
      from: start - 10_000,
      to: start,
      use: { cpu: expect.closeTo(1000, 6) },
    });
  });

  it('reads the others when one does not answer, one sends too much, and one is not who it should be', async () => {
    const answers: Record<string, RequestListener> = {
      good: (_, response) => response.end(summary('good', start, 1)),
      silent: () => {},
      huge: (_, response) => response.end('x'.repeat(200_000)),
      other: (_, response) => response.end(summary('someone', start, 1)),
      refusing: (_, response) => response.writeHead(403).end('Forbidden'),
      broken: (_, response) => response.writeHead(500).end('no stats'),
      cut: (request, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('{');
        request.socket.end();
      },
      redirecting: (_, response) => response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(),
    };
    const nodes = await Promise.all(
      Object.entries(answers).map(async ([name, answer]) => aNode(name, { port: await kubelet(answer) })),
    );
    const source = sourceOf({ timeout: 1500, limit: 100_000 });
    const { samples, failures } = await readBy(source, ...nodes, aNode('nowhere', { address: '' }));
    expect(Object.keys(samples)).toEqual(['good']);
    expect(failures).toEqual({
      silent: 'no answer within 1.5 s',
      huge: 'the answer is larger than 100000 bytes',
      other: expect.stringContaining('is that of another node: someone'),
      refusing: 'the kubelet answered 403: who asks lacks the right to get nodes/stats or nodes/metrics',
      broken: 'the kubelet answered 500: no stats',
      cut: expect.any(String),
      redirecting: 'the kubelet answered 302',
      nowhere: 'the node has no address of type InternalIP, ExternalIP, Hostname',
    });
  });

  it('believes no certificate that its authorities have not signed, unless it is told to skip that', async () => {
    let asked = 0;
    const stranger = new Authority('stranger').certifyServer('127.0.0.1');
    const port = await kubelet((_, response) => {
      asked++;
      response.end(summary('a', start, 1));
    }, stranger);
    const { failures } = await readBy(sourceOf(), aNode('a', { port }));
    expect(failures.a).toMatch(/certificate is of an authority that is not trusted .*skip the verification/);
    expect(asked).toBe(0);
    const { samples } = await readBy(sourceOf({ ca: undefined, insecureSkipTLSVerify: true }), aNode('a', { port }));
    expect(samples.a).toBeDefined();
  });

  it('believes no certificate of another address', async () => {
    const port = await kubelet(
      (_, response) => response.end(summary('a', start, 1)),
      authority.certifyServer('127.0.0.2'),
    );
    const { failures } = await readBy(sourceOf(), aNode('a', { port }));
    expect(failures.a).toContain("127.0.0.1 is not in the cert's list");
  });

  it('renews its credentials once when kubelets do not know them', async () => {
    let token = 'old';
    let renewals = 0;
    const credentials: Credentials = {
      current: () => Promise.resolve({ headers: { authorization: `Bearer ${token}` }, tls: {} }),
      renew: () => {
        renewals++;
        token = 'new';
        return Promise.resolve(true);
      },
    };
    const port = await kubelet((request, response) => {
      if (request.headers.authorization === 'Bearer new') response.end(summary('a', start, 1));
      else response.writeHead(401).end();
    });
    const source = sourceOf({ credentials });
    expect((await readBy(source, aNode('a', { port }), aNode('b', { port }))).failures).toEqual({
      a: 'the kubelet answered 401: it does not know who asks',
      b: 'the kubelet answered 401: it does not know who asks',
    });
    expect((await readBy(source, aNode('a', { port }))).samples.a).toBeDefined();
    expect(renewals).toBe(1);
  });

  it('asks no more kubelets at once than it may', async () => {
    let [now, most] = [0, 0];
    const port = await kubelet((_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now--;
        response.writeHead(500).end();
      }, 20);
    });
    const nodes = Array.from({ length: 12 }, (_, n) => aNode(`n${n}`, { port }));
    expect(Object.keys((await readBy(sourceOf({ concurrency: 3 }), ...nodes)).failures)).toHaveLength(12);
    expect(most).toBe(3);
  });

  it('asks those last that did not answer, so that time is up for them first', async () => {
    const asked: string[] = [];
    const port = async (name: string, answer: RequestListener) =>
      kubelet((request, response) => {
        asked.push(name);
        answer(request, response);
      });
    const bad = aNode('bad', { port: await port('bad', (_, response) => response.writeHead(500).end()) });
    const good = aNode('good', { port: await port('good', (_, response) => response.end(summary('good', start, 1))) });
    const source = sourceOf({ concurrency: 1 });
    await readBy(source, bad, good);
    await readBy(source, bad, good);
    expect(asked).toEqual(['bad', 'good', 'good', 'bad']);
  });

  it('ends at once when the reading is broken off, and blames no node', async () => {
    const port = await kubelet(() => {});
    const reported = new Reported();
    const ending = new AbortController();
    const reading = sourceOf({ concurrency: 1 }).read(
      [aNode('a', { port }), aNode('b', { port })],
      reported,
      ending.signal,
    );
    setTimeout(() => ending.abort(), 50);
    await reading;
    expect(reported).toEqual(new Reported());
  });

  it('reads the disk from the second document, and the rest without it', async () => {
    let stand = 0;
    let code = 200;
    const port = await kubelet((request, response) => {
      if (request.url === '/stats/summary') return response.end(summary('a', start - 10_000 + stand, stand * 1e6));
      const line = `container_fs_writes_bytes_total{device="/dev/sda",id="/"} ${stand} ${start - 10_000 + stand}`;
      return response.writeHead(code).end(code === 200 ? line : '');
    });
    const source = sourceOf({ disk: 'cadvisor' });
    await readBy(source, aNode('a', { port }));
    stand = 5000;
    expect((await readBy(source, aNode('a', { port }))).samples.a?.use).toMatchObject({ cpu: 1000, disk: 1000 });
    stand = 10_000;
    code = 403;
    const { samples, failures } = await readBy(source, aNode('a', { port }));
    expect(samples.a?.use).toEqual({ cpu: 1000, memory: 1e9 });
    expect(failures.a).toContain('disk: the kubelet answered 403');
  });
});
