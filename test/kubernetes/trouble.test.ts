import { expect, test } from 'vitest';
import { Eviction, Pod } from '../../src/api/kubernetes.js';
import { ServiceUnavailable, TooManyRequests, Unauthorized, Unreachable } from '../../src/cluster/errors.js';
import type { Credentials } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { Proxy } from './proxy.js';
import { pod, respond, StandIn } from './stand-in.js';

const ref = { namespace: 'n', name: 'p' };
const patch = mergePatch({ metadata: { labels: { a: 'b' } } });
const path = '/api/v1/namespaces/n/pods/p';
const status = (code: number, more: object = {}) => ({ kind: 'Status', code, message: 'not now', ...more });
const later = { 'retry-after': '0' };

test('429 and 503 that name a time are tried again, any verb', async () => {
  await using server = await StandIn.answering((_, response, number) => {
    if (number === 1) respond(response, 429, status(429, { reason: 'TooManyRequests' }), later);
    else if (number === 2) respond(response, 503, status(503), later);
    else respond(response, 200, pod);
  });
  expect(await server.client().patch(Pod, ref, patch)).toEqual(pod);
  expect(server.calls).toEqual([`PATCH ${path}`, `PATCH ${path}`, `PATCH ${path}`]);
});

test('a server that says "later" for ever is told on after five tries', async () => {
  await using server = await StandIn.answering((_, response) => respond(response, 429, status(429), later));
  await expect(server.client().get(Pod, ref)).rejects.toBeInstanceOf(TooManyRequests);
  expect(server.calls).toHaveLength(5);
});

test('503 that names no time is the caller’s business', async () => {
  await using server = await StandIn.answering((_, response) => respond(response, 503, status(503)));
  await expect(server.client().get(Pod, ref)).rejects.toBeInstanceOf(ServiceUnavailable);
  expect(server.calls).toHaveLength(1);
});

test('an eviction that a disruption budget forbids is not tried again', async () => {
  const details = { causes: [{ reason: 'DisruptionBudget', message: 'needs 2' }], retryAfterSeconds: 10 };
  await using server = await StandIn.answering((_, response) =>
    respond(response, 429, status(429, { reason: 'TooManyRequests', details }), later),
  );
  const evicted = server.client().create(Eviction, { metadata: { name: 'p', namespace: 'n' } });
  await expect(evicted).rejects.toMatchObject({ causes: [{ reason: 'DisruptionBudget', message: 'needs 2' }] });
  expect(server.calls).toHaveLength(1);
});

test('a connection that went stale between two calls: reads are repeated, writes are not', async () => {
  // every second request of a connection finds it closed
  await using server = await StandIn.answering((request, response, number) => {
    if (number % 2 === 0) request.socket.destroy();
    else respond(response, 200, pod);
  });
  const client = server.client();
  await client.get(Pod, ref);
  expect(await client.get(Pod, ref)).toEqual(pod);
  await expect(client.patch(Pod, ref, patch)).rejects.toMatchObject({
    constructor: expect.any(Function),
    outcome: 'unknown',
  });
  expect(server.calls).toEqual([`GET ${path}`, `GET ${path}`, `GET ${path}`, `PATCH ${path}`]);
});

test('an answer that stays away is Unreachable, and may have happened', async () => {
  await using server = await StandIn.answering(() => undefined);
  const error = await server
    .client({ requestTimeout: 100 })
    .patch(Pod, ref, patch)
    .catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Unreachable);
  expect(error).toMatchObject({ outcome: 'unknown', message: expect.stringContaining('no answer within 100 ms') });
});

test('an answer that stops half-way is Unreachable', async () => {
  await using server = await StandIn.answering((_, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{"kind":', () => response.destroy());
  });
  await expect(server.client().get(Pod, ref)).rejects.toBeInstanceOf(Unreachable);
});

test('an aborted signal ends a call at once, and gives its place to the next', async () => {
  await using server = await StandIn.answering((_, response, number) => {
    if (number > 1) respond(response, 200, pod);
  });
  const client = server.client({ limits: { inFlight: 1 } });
  const abort = new AbortController();
  const first = client.get(Pod, ref, { signal: abort.signal });
  const second = client.get(Pod, ref);
  setTimeout(() => abort.abort(new Error('never mind')), 50);
  await expect(first).rejects.toThrow('never mind');
  expect(await second).toEqual(pod);
});

test('deliveries go before control, control before refill', async () => {
  const order: string[] = [];
  await using server = await StandIn.answering((request, response) => {
    order.push(request.url?.split('/').at(-1) ?? '');
    setTimeout(() => respond(response, 200, pod), 5);
  });
  const client = server.client({ limits: { inFlight: 1 } });
  const get = (name: string, flow: 'delivery' | 'control' | 'refill') =>
    client.get(Pod, { namespace: 'n', name }, { flow });
  await Promise.all([
    get('first', 'refill'),
    get('r1', 'refill'),
    get('r2', 'refill'),
    get('c1', 'control'),
    get('d1', 'delivery'),
    get('d2', 'delivery'),
  ]);
  expect(order).toEqual(['first', 'd1', 'd2', 'c1', 'r1', 'r2']);
});

test('401: new credentials are got once, then it is told on', async () => {
  const seen: (string | undefined)[] = [];
  await using server = await StandIn.answering((request, response) => {
    seen.push(request.headers.authorization);
    if (request.headers.authorization === 'Bearer new') respond(response, 200, pod);
    else respond(response, 401, status(401, { reason: 'Unauthorized', message: 'Unauthorized' }));
  });
  let token = 'old';
  const credentials = (next: string): Credentials => ({
    current: () => Promise.resolve({ headers: { authorization: `Bearer ${token}` }, tls: {} }),
    renew: () => {
      token = next;
      return Promise.resolve(true);
    },
  });
  expect(await server.client({ credentials: credentials('new') }).get(Pod, ref)).toEqual(pod);
  token = 'old';
  await expect(server.client({ credentials: credentials('wrong') }).get(Pod, ref)).rejects.toBeInstanceOf(Unauthorized);
  expect(seen).toEqual(['Bearer old', 'Bearer new', 'Bearer old', 'Bearer wrong']);
});

test('a watch on a connection that has stalled is given up soon after it should have ended', async () => {
  await using server = await StandIn.answering((_, response) => {
    response.writeHead(200);
    response.write(`${JSON.stringify({ type: 'ADDED', object: pod })}\n`);
  });
  const proxy = await Proxy.before(server.url);
  const client = server.client({ server: `http://127.0.0.1:${proxy.port}`, watchSeconds: 1, watchGrace: 500 });
  const events: string[] = [];
  const watching = (async () => {
    for await (const event of client.watch(Pod, { since: '1' })) {
      events.push(event.type);
      proxy.stall();
    }
  })();
  await expect(watching).rejects.toThrow('did not end within 1.5 s: its connection is dead');
  expect(events).toEqual(['ADDED']);
  await proxy.close();
});

test('a watch that nobody reads keeps its events in the server, not in this process', async () => {
  let written = 0;
  const event = Buffer.from(`${JSON.stringify({ type: 'MODIFIED', object: { ...pod, data: 'x'.repeat(10_000) } })}\n`);
  await using server = await StandIn.answering((_, response) => {
    response.writeHead(200);
    const more = () => {
      for (; written < 20_000; written++) if (!response.write(event)) break;
      if (written < 20_000) response.once('drain', more);
      else response.end();
    };
    more();
  });
  const events = server.client().watch(Pod, { since: '1' })[Symbol.asyncIterator]();
  await events.next();
  await new Promise((resolve) => setTimeout(resolve, 300));
  // 200 MB are to be sent; sockets hold a few
  expect(written).toBeLessThan(4_000);
  await events.return?.(undefined);
});

test('a connection refused is Unreachable at once', async () => {
  const server = await StandIn.answering(() => undefined);
  await server[Symbol.asyncDispose]();
  const error = await server
    .client()
    .get(Pod, ref)
    .catch((e: unknown) => e);
  expect(error).toMatchObject({ reason: 'Unreachable', cause: { code: 'ECONNREFUSED' } });
});
