/** Calls to programs of users: the one way by which the operator speaks to anybody but the API server. */
import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../support/clock.js';
import { type Duration, formatDuration } from '../support/time.js';

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** http or https. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Certificates, PEM, of those who may have signed the server's; default: those that Node.js knows. */
  readonly ca?: string | undefined;
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

/** Over sockets of this process. */
export const httpClient = (clock: Clock): HttpClient => ({
  send: (call) =>
    new Promise<HttpAnswer>((resolve, reject) => {
      if (call.signal.aborted) return reject(call.signal.reason);
      const { request: open } = call.url.startsWith('https:') ? https : http;
      const request = open(call.url, {
        method: call.method,
        headers: {
          ...call.headers,
          ...(call.body !== undefined && { 'content-length': Buffer.byteLength(call.body) }),
        },
        ...(call.ca !== undefined && { ca: call.ca }),
        // few calls, each to be answered by who is there now
        agent: false,
      });
      const end = (settle: () => void) => {
        timer[Symbol.dispose]();
        call.signal.removeEventListener('abort', onAbort);
        settle();
        request.destroy();
      };
      const onAbort = () => end(() => reject(call.signal.reason));
      const timer = clock.at(clock.now() + call.timeout, () =>
        end(() => reject(new Error(`no answer within ${formatDuration(call.timeout)}`))),
      );
      call.signal.addEventListener('abort', onAbort, { once: true });
      request.on('error', (error) => end(() => reject(error)));
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > call.limit) end(() => reject(new Error(`the answer is larger than ${call.limit} bytes`)));
        });
        response.on('error', (error) => end(() => reject(error)));
        response.on('aborted', () => end(() => reject(new Error('the answer broke off'))));
        response.on('end', () =>
          end(() => resolve({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })),
        );
      });
      request.end(call.body);
    }),
});
