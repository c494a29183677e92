import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../support/clock.js';
import { onAbort } from '../../support/on-abort.js';
import { type Duration, formatDuration, second } from '../../support/time.js';
import { Unreachable } from '../errors.js';
import type { Identity, Tls } from './credentials.js';

/** One HTTP exchange, as far as this client needs it. */
export interface Exchange {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its parameters. */
  readonly path: string;
  readonly identity: Identity;
  readonly body?: { readonly type: string; readonly text: string };
  /** The longest time until the answer is complete, or, for a stream, until it begins. */
  readonly timeout: Duration;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly code: number;
  /** The header Retry-After. */
  readonly retryAfter?: string;
  readonly body: string;
}

/**
 * No answer came. `sent` says whether the server may have seen the request: `no`, nothing left this process; `stale`, the
 * connection had been kept from an earlier call and broke before the answer began, as it does when the server closed it
 * for being idle at the same moment; else `yes`.
 */
export class Disconnected extends Unreachable {
  constructor(
    message: string,
    readonly sent: 'no' | 'stale' | 'yes',
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Idle connections are given up before the server does so: kube-apiserver closes them after 90 s, load balancers earlier. */
const idleTimeout: Duration = 45 * second;
/** The first TCP keep-alive probe; Node.js sends up to ten more, one a second: a vanished peer is noticed in 25 s. */
const probeAfter: Duration = 15 * second;

export interface TransportOptions {
  readonly server: URL;
  readonly clock: Clock;
  readonly connections: number;
  readonly userAgent: string;
}

/** HTTP/1.1 over connections that are kept. Streams (watches) have connections of their own, without a limit. */
export class Transport {
  readonly #request: typeof https.request;
  readonly #at: { readonly protocol: string; readonly host: string; readonly port: string; readonly prefix: string };
  #agents: { readonly tls: Tls; readonly calls: http.Agent; readonly streams: http.Agent } | undefined;

  constructor(private readonly options: TransportOptions) {
    const { protocol, hostname, port, pathname } = options.server;
    this.#request = protocol === 'http:' ? http.request : https.request;
    this.#at = {
      protocol,
      // a URL writes IPv6 addresses in brackets, a socket takes them without
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'http:' ? '80' : '443'),
      prefix: pathname.replace(/\/$/, ''),
    };
  }

  /** Sends and reads the whole answer, whatever its status. Throws Disconnected, the signal's reason. */
  async send(exchange: Exchange): Promise<Answer> {
    const { response, settle } = await this.#begin(exchange, 'calls');
    const chunks: Buffer[] = [];
    return new Promise<Answer>((resolve, reject) => {
      settle.onFailure = reject;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        settle.done();
        const code = response.statusCode ?? 0;
        const retryAfter = response.headers['retry-after'];
        const body = (chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).toString('utf8');
        resolve(retryAfter === undefined ? { code, body } : { code, body, retryAfter });
      });
    });
  }

  /** Sends and returns as soon as the answer begins; from then on the caller minds time and signal, and destroys it. */
  async open(exchange: Exchange): Promise<http.IncomingMessage> {
    const { response, settle } = await this.#begin(exchange, 'streams');
    settle.done();
    return response;
  }

  /** Closes all connections, also those in use. */
  close(): void {
    this.#agents?.calls.destroy();
    this.#agents?.streams.destroy();
  }

  #begin(
    { method, path, identity, body, timeout, signal }: Exchange,
    use: 'calls' | 'streams',
  ): Promise<{ response: http.IncomingMessage; settle: { done(): void; onFailure: (error: unknown) => void } }> {
    const { clock, userAgent } = this.options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const headers: Record<string, string | number> = {
        ...identity.headers,
        accept: 'application/json',
        'user-agent': userAgent,
      };
      if (body) {
        headers['content-type'] = body.type;
        headers['content-length'] = Buffer.byteLength(body.text);
      }
      const request = this.#request({
        ...this.#at,
        path: this.#at.prefix + path,
        method,
        headers,
        agent: this.#agentsFor(identity.tls)[use],
      });

      let connected = false;
      let answered = false;
      const what = () => `${method} ${this.options.server.origin}${this.#at.prefix}${path.split('?', 1)[0]}`;
      const settle = {
        onFailure: reject as (error: unknown) => void,
        done: () => {
          timer[Symbol.dispose]();
          abort?.[Symbol.dispose]();
        },
      };
      const fail = (error: unknown) => {
        settle.done();
        settle.onFailure(error);
      };
      const sent = () => {
        if (!connected) return 'no';
        return request.reusedSocket && !answered ? 'stale' : 'yes';
      };
      request.once('socket', (socket) => {
        connected = request.reusedSocket;
        const ready = this.#at.protocol === 'http:' ? 'connect' : 'secureConnect';
        if (!connected) socket.once(ready, () => (connected = true));
      });
      const timer = clock.at(clock.now() + timeout, () => {
        fail(new Disconnected(`${what()}: no answer within ${formatDuration(timeout)}`, connected ? 'yes' : 'no'));
        request.destroy();
      });
      const abort =
        signal &&
        onAbort(signal, () => {
          fail(signal.reason);
          request.destroy();
        });
      request.on('error', (cause) => fail(new Disconnected(`${what()}: ${cause.message}`, sent(), cause)));
      request.on('response', (response) => {
        answered = true;
        response.on('error', (cause) => fail(new Disconnected(`${what()}: ${cause.message}`, 'yes', cause)));
        resolve({ response, settle });
      });
      request.end(body?.text);
    });
  }

  #agentsFor(tls: Tls): { readonly calls: http.Agent; readonly streams: http.Agent } {
    if (this.#agents?.tls === tls) return this.#agents;
    // the agents before this are left to run dry: their calls end, their idle connections time out
    const options = { keepAlive: true, keepAliveMsecs: probeAfter, timeout: idleTimeout, scheduling: 'lifo' as const };
    const isPlain = this.options.server.protocol === 'http:';
    // once for all connections: each would read the certificates anew
    const secureContext = isPlain ? undefined : createSecureContext(tls);
    const make = (maxSockets: number): http.Agent => {
      const agent = isPlain
        ? new http.Agent({ ...options, maxSockets })
        : new https.Agent({ ...options, ...tls, maxSockets, ...(secureContext && { secureContext }) });
      // one agent has one peer: without this, each request joins and hashes the certificates to find its connection
      agent.getName = () => 'api';
      return agent;
    };
    this.#agents = { tls, calls: make(this.options.connections), streams: make(Number.POSITIVE_INFINITY) };
    return this.#agents;
  }
}
