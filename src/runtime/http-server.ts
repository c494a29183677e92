import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CodedError, messageOf } from '../support/errors.js';

/** Says what is wrong, or nothing. */
type Check = () => string | undefined;
export type Checks = Readonly<Record<string, Check>>;

/** Ports that controller-runtime's programs use. */
export const defaultPorts = { metrics: 8080, health: 8081 } as const;

export interface ListenOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** The address to listen on. Default: this machine only. */
  readonly host?: string;
}

export interface RunningServer {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

type Route = (query: URLSearchParams) => Answer | Promise<Answer>;

const plain = 'text/plain; charset=utf-8';

/** `/healthz` (restart me when it fails) and `/readyz` (send me nothing while it fails), both with `?verbose`. */
export function serveHealth(options: ListenOptions & { readonly live: Checks; readonly ready: Checks }) {
  return serve(options, { '/healthz': checked('healthz', options.live), '/readyz': checked('readyz', options.ready) });
}

/** `/metrics`, in Prometheus' text format. */
export function serveMetrics(
  options: ListenOptions & { readonly registry: { readonly contentType: string; metrics(): Promise<string> } },
) {
  const { registry } = options;
  return serve(options, {
    '/metrics': async () => ({ status: 200, type: registry.contentType, body: await registry.metrics() }),
  });
}

function checked(name: string, checks: Checks): Route {
  return (query) => {
    const problems = Object.entries(checks).map(([check, run]) => ({ check, problem: run() }));
    const failed = problems.some(({ problem }) => problem !== undefined);
    const lines = problems.map(({ check, problem }) =>
      problem === undefined ? `[+]${check} ok` : `[-]${check} failed: ${problem}`,
    );
    const verdict = `${name} check ${failed ? 'failed' : 'passed'}`;
    const verbose = failed || query.has('verbose');
    return { status: failed ? 503 : 200, type: plain, body: verbose ? `${[...lines, verdict].join('\n')}\n` : 'ok' };
  };
}

async function serve(
  { port, host = '127.0.0.1' }: ListenOptions,
  routes: Record<string, Route>,
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, routes)
      .catch((error: unknown) => ({ status: 500, type: plain, body: `${messageOf(error)}\n` }))
      .then((result) => send(response, result))
      .catch(() => response.destroy());
  });
  server.maxConnections = 64;
  server.requestTimeout = 10_000;
  await listen(server, port, host);
  return running(server, port);
}

/** A server that listens. `port`: what was asked for. */
export function running(server: Server, port: number): RunningServer {
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer({ url = '/', method }: IncomingMessage, routes: Record<string, Route>): Promise<Answer> {
  const [path = '/', query = ''] = url.split('?', 2);
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!route) return { status: 404, type: plain, body: `try ${Object.keys(routes).join(' or ')}\n` };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, type: plain, body: 'only GET\n' };
  return route(new URLSearchParams(query));
}

export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new CodedError(
          'CANNOT_LISTEN',
          `cannot listen on ${host}:${port}: ${error.message}`,
          'choose another port, or 0 for any that is free',
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
}
