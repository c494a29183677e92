import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { messageOf } from '../support/errors.js';
import { type Duration, second } from '../support/time.js';
import { listen, type ListenOptions, type RunningServer, running } from './http-server.js';

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface JsonServerOptions extends ListenOptions {
  /** By path: what is answered to a body that was posted. */
  readonly routes: Readonly<Record<string, (body: unknown) => JsonAnswer>>;
  /** PEM; absent: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Longer bodies are refused, in bytes. Default 32 MiB: the nodes of a large cluster, whole. */
  readonly longestBody?: number;
}

const timeLimit: Duration = 10 * second;

/** Answers JSON with JSON. */
export async function serveJson(options: JsonServerOptions): Promise<RunningServer> {
  const { tls, port, host = '127.0.0.1' } = options;
  const listener: RequestListener = (request, response) => {
    answer(request, options)
      .catch((error: unknown) => failure(500, messageOf(error)))
      .then((result) => send(request, response, result))
      .catch(() => response.destroy());
  };
  const server: Server = tls ? createTlsServer(tls, listener) : createServer(listener);
  server.maxConnections = 64;
  server.requestTimeout = timeLimit;
  server.headersTimeout = timeLimit;
  await listen(server, port, host);
  return running(server, port);
}

async function answer(request: IncomingMessage, { routes, longestBody = 32 * 2 ** 20 }: JsonServerOptions) {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return failure(404, `try ${Object.keys(routes).join(' or ')}`);
  if (request.method !== 'POST') return failure(405, 'only POST');
  const text = await textOf(request, longestBody);
  if (text === undefined) return failure(413, `a body must be at most ${longestBody} bytes long`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return failure(400, `the body is not JSON: ${messageOf(error)}`);
  }
  return route(body);
}

const failure = (status: number, message: string): JsonAnswer => ({ status, body: { Error: message } });

/** `undefined`: it is longer. */
async function textOf(request: IncomingMessage, longest: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  if (Number(request.headers['content-length'] ?? 0) > longest) return undefined;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    length += chunk.length;
    if (length > longest) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: JsonAnswer): void {
  const text = JSON.stringify(body);
  // what is left of a body that was refused is not read
  const close = request.complete ? {} : { Connection: 'close' };
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...close }).end(text);
}
