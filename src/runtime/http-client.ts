/** Calls to whoever is not the API server: programs of users, kubelets, Prometheus. */
import { setMaxListeners } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../support/clock.js';
import { type Duration, formatDuration, second } from '../support/time.js';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Certificates, PEM, of those who may have signed the server's; default: those that Node.js knows. */
  readonly ca?: string | undefined;
  /** Certificate and key, PEM, by which the caller shows who it is. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The server's certificate is not verified: whoever answers at the address is believed, and sees what is sent. */
  readonly insecureSkipTLSVerify?: boolean | undefined;
  /** Until the whole answer is there. */
  readonly timeout: Duration;
  /** The most bytes that an answer may have. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly code: number;
  readonly body: string;
}

export interface HttpClient {
  /** Sends once and reads the whole answer, whatever its code; follows no redirect. Throws when none came. */
  send(call: HttpCall): Promise<HttpAnswer>;
}

/** A client that keeps its connections: close it in the end. */
export interface KeepAliveHttpClient extends HttpClient {
  /** Closes all connections, also those in use. */
  close(): void;
}

/** Over a new connection for each call: few calls, each to be answered by who is there now. */
export const httpClient = (clock: Clock): HttpClient => ({ send: (call) => exchange(clock, call, false) });

/** Idle connections are given up before a kubelet does so, which is after 90 s. */
const idleTimeout: Duration = 45 * second;

/**
 * Over connections that are kept: for servers that are asked again and again. A GET that meets a connection which the
 * server has just closed is sent once more, over a new one.
 */
export function keepAliveHttpClient(clock: Clock): KeepAliveHttpClient {
  const options = { keepAlive: true, timeout: idleTimeout, scheduling: 'lifo' } as const;
  const agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  return {
    async send(call) {
      const agent = call.url.startsWith('https:') ? agents['https:'] : agents['http:'];
      try {
        return await exchange(clock, call, agent);
      } catch (error) {
        if (!(error instanceof StaleConnection) || call.method !== 'GET') throw error;
        return exchange(clock, call, false);
      }
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** A connection from an earlier call broke before the answer began. */
class StaleConnection extends Error {}

function exchange(clock: Clock, call: HttpCall, agent: http.Agent | false): Promise<HttpAnswer> {
  return new Promise<HttpAnswer>((resolve, reject) => {
    if (call.signal.aborted) return reject(call.signal.reason);
    const { ca, cert, key } = call;
    const { request: open } = call.url.startsWith('https:') ? https : http;
    const request = open(call.url, {
      method: call.method,
      headers: {
        ...call.headers,
        ...(call.body !== undefined && { 'content-length': Buffer.byteLength(call.body) }),
      },
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(call.insecureSkipTLSVerify === true && { rejectUnauthorized: false }),
      agent,
    });
    let answered = false;
    const settle = () => {
      timer[Symbol.dispose]();
      call.signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown) => {
      settle();
      reject(error);
      request.destroy();
    };
    const onAbort = () => fail(call.signal.reason);
    const timer = clock.at(clock.now() + call.timeout, () =>
      fail(new Error(`no answer within ${formatDuration(call.timeout)}`)),
    );
    // one signal covers many calls at once: many listeners are no leak
    setMaxListeners(0, call.signal);
    call.signal.addEventListener('abort', onAbort, { once: true });
    request.on('error', (error) =>
      fail(request.reusedSocket && !answered ? new StaleConnection(error.message, { cause: error }) : error),
    );
    request.on('response', (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > call.limit) fail(new Error(`the answer is larger than ${call.limit} bytes`));
      });
      response.on('error', fail);
      response.on('aborted', () => fail(new Error('the answer broke off')));
      response.on('end', () => {
        settle();
        resolve({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
        // what answers before it has read everything is not sent the rest
        if (agent === false) request.destroy();
      });
    });
    request.end(call.body);
  });
}
