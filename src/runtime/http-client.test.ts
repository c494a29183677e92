import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WallClock } from '../support/wall-clock.js';
import { type HttpCall, keepAliveHttpClient, type KeepAliveHttpClient } from './http-client.js';

const open: (Server | KeepAliveHttpClient)[] = [];
afterEach(() => {
  for (const one of open.splice(0)) {
    if ('closeAllConnections' in one) one.closeAllConnections();
    one.close();
  }
});

/** A server on this machine, and the connections that were made to it. */
async function serverOf(answer: RequestListener) {
  const connections = new Set<Socket>();
  const server = createServer(answer);
  server.on('connection', (socket) => connections.add(socket));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, connections };
}

function clientFor(url: string) {
  const client = keepAliveHttpClient(new WallClock());
  open.push(client);
  const call: HttpCall = { method: 'GET', url, timeout: 10_000, limit: 1000, signal: new AbortController().signal };
  return { get: (more: Partial<HttpCall> = {}) => client.send({ ...call, ...more }) };
}

it('A client that keeps connections makes one for two calls after each other', async () => {
  const { url, connections } = await serverOf((_, response) => response.end('here'));
  const client = clientFor(url);
  expect(await client.get()).toEqual({ code: 200, body: 'here' });
  expect(await client.get()).toEqual({ code: 200, body: 'here' });
  expect(connections.size).toBe(1);
});

it('A client that keeps connections makes a new one when the server has closed the one it kept', async () => {
  let broken = 0;
  const { url, connections } = await serverOf((request, response) => {
    // a server that closes an idle connection while the next request is on its way
    if (connections.size === 1 && request.headers['x-second']) {
      broken++;
      request.socket.destroy();
    } else response.end('here');
  });
  const client = clientFor(url);
  await client.get();
  expect(await client.get({ headers: { 'x-second': '1' } })).toEqual({ code: 200, body: 'here' });
  expect({ broken, connections: connections.size }).toEqual({ broken: 1, connections: 2 });
});

it('A client that keeps connections breaks off an answer that is too large', async () => {
  const { url } = await serverOf((_, response) => response.end('x'.repeat(5000)));
  await expect(clientFor(url).get()).rejects.toThrow('the answer is larger than 1000 bytes');
});

it('A client that keeps connections does not send again what failed on a new one', async () => {
  let calls = 0;
  const { url } = await serverOf((request) => {
    calls++;
    request.socket.destroy();
  });
  await expect(clientFor(url).get()).rejects.toThrow('socket hang up');
  expect(calls).toBe(1);
});

it('Many calls under one signal are no leak of listeners', async () => {
  const warnings: string[] = [];
  const note = (warning: Error) => void warnings.push(warning.name);
  process.on('warning', note);
  const { url } = await serverOf((_, response) => response.end('here'));
  const client = clientFor(url);
  await Promise.all(Array.from({ length: 20 }, () => client.get()));
  // warnings are told of a turn later
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
