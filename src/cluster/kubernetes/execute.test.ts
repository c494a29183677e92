/** Against a server that speaks the protocol of an API server's exec, on a socket of this machine. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { WallClock } from '../../support/wall-clock.js';
import { Forbidden, Timeout, Unreachable } from '../errors.js';
import type { Command } from '../executor.js';
import { execute } from './execute.js';

const clock = new WallClock();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const command: Command = {
  namespace: 'team',
  pod: 'a',
  container: 'main',
  command: ['/bin/echo', 'a b', '&c'],
  timeout: 300,
  limit: 10,
  signal: new AbortController().signal,
};

const frame = (channel: number, text: string) => Buffer.concat([Buffer.from([channel]), Buffer.from(text)]);

/** @param talk what the server does once the program has begun; without it, it refuses */
async function serve(talk?: (socket: WebSocket) => void): Promise<{ readonly url: URL; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  servers.push(server);
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  server.on('upgrade', (request, socket, head) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    if (talk) return sockets.handleUpgrade(request, socket, head, talk);
    const body = JSON.stringify({ kind: 'Status', reason: 'Forbidden', code: 403, message: 'pods "a" is forbidden' });
    socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/base`), asked };
}

const run = (url: URL, own: Partial<Command> = {}) =>
  execute(url, { headers: { authorization: 'Bearer t' }, tls: {} }, { ...command, ...own }, clock);

const ended = (socket: WebSocket, status: object) => {
  socket.send(frame(3, JSON.stringify(status)));
  socket.close();
};

it('asks for the program, word by word, and tells its end and the beginning of its output', async () => {
  const { url, asked } = await serve((socket) => {
    socket.send(frame(1, 'hello '));
    socket.send(frame(2, 'and more of it'));
    ended(socket, { status: 'Success' });
  });
  expect(await run(url)).toEqual({ code: 0, output: 'hello and ' });
  expect(asked).toEqual([
    'Bearer t /base/api/v1/namespaces/team/pods/a/exec?container=main&stdin=false&stdout=true&stderr=true&tty=false&command=%2Fbin%2Fecho&command=a+b&command=%26c',
  ]);
});

it('tells with which code it ended', async () => {
  const { url } = await serve((socket) =>
    ended(socket, {
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '7' }] },
    }),
  );
  expect(await run(url)).toEqual({ code: 7, output: '' });
});

it('throws what the server says when there is no such program', async () => {
  const { url } = await serve((socket) => ended(socket, { status: 'Failure', message: 'no such file', code: 500 }));
  await expect(run(url)).rejects.toThrow('no such file');
});

it('throws what the server says when it refuses', async () => {
  const { url } = await serve();
  await expect(run(url)).rejects.toThrow(Forbidden);
});

it('does not wait longer than it is told', async () => {
  const { url } = await serve(() => {});
  await expect(run(url)).rejects.toThrow(Timeout);
});

it('ends with its signal', async () => {
  const abort = new AbortController();
  const { url } = await serve(() => abort.abort(new Error('enough')));
  const running = run(url, { signal: abort.signal, timeout: 60_000 });
  await expect(running).rejects.toThrow('enough');
});

it('does not take a lost connection for an end', async () => {
  const { url } = await serve((socket) => socket.terminate());
  await expect(run(url)).rejects.toThrow(Unreachable);
});
