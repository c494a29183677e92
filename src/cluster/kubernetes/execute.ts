/** A program in a container, as `kubectl exec` runs it: a WebSocket to the API server, and one channel for each stream. */
import type { ClientRequest } from 'node:http';
import type { WebSocket } from 'ws';
import type { Clock } from '../../support/clock.js';
import { formatDuration } from '../../support/time.js';
import { apiError, Timeout, Unreachable } from '../errors.js';
import type { Command, Exit } from '../executor.js';
import { errorOfAnswer } from './answers.js';
import type { Identity } from './credentials.js';

/** The newest that the servers we support speak, and the one before. */
const protocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

const channels = { output: 1, errors: 2, status: 3 } as const;

/** What the last channel says when the program has ended: a Status. */
interface Ending {
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export async function execute(server: URL, { headers, tls }: Identity, command: Command, clock: Clock): Promise<Exit> {
  // few programs run anything in containers: the others do without
  const { WebSocket } = await import('ws');
  command.signal.throwIfAborted();
  // by hand: the constructor takes no header that has several values
  const finishRequest = (request: ClientRequest) => {
    for (const [name, value] of Object.entries(headers)) request.setHeader(name, value);
    request.end();
  };
  return exitOf(new WebSocket(urlOf(server, command), protocols, { ...tls, finishRequest }), command, clock);
}

function exitOf(socket: WebSocket, command: Command, clock: Clock): Promise<Exit> {
  return new Promise<Exit>((resolve, reject) => {
    const heard = { output: '', status: '' };
    const end = (settle: () => void) => {
      timer[Symbol.dispose]();
      command.signal.removeEventListener('abort', onAbort);
      settle();
      socket.terminate();
    };
    const onAbort = () => end(() => reject(command.signal.reason));
    const timer = clock.at(clock.now() + command.timeout, () =>
      end(() => reject(new Timeout(`it has not ended within ${formatDuration(command.timeout)}`))),
    );
    command.signal.addEventListener('abort', onAbort, { once: true });
    socket.on('message', (data: Buffer) => {
      const text = data.subarray(1).toString('utf8');
      if (data[0] === channels.status) heard.status += text;
      else if (data[0] === channels.output || data[0] === channels.errors)
        heard.output = (heard.output + text).slice(0, command.limit);
    });
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body = (body + chunk).slice(0, command.limit);
      });
      response.on('end', () => end(() => reject(errorOfAnswer(response.statusCode ?? 0, body))));
    });
    socket.on('error', (error) => end(() => reject(new Unreachable(error.message, { cause: error }))));
    socket.on('close', () => end(() => conclude(heard, resolve, reject)));
  });
}

function urlOf(server: URL, { namespace, pod, container, command }: Command): URL {
  const path = [server.pathname.replace(/\/$/, ''), 'api/v1/namespaces', namespace, 'pods', pod, 'exec'].join('/');
  const url = new URL(path, server);
  url.protocol = server.protocol === 'http:' ? 'ws:' : 'wss:';
  const streams = { stdin: 'false', stdout: 'true', stderr: 'true', tty: 'false' };
  for (const [name, value] of Object.entries({ container, ...streams })) url.searchParams.append(name, value);
  for (const word of command) url.searchParams.append('command', word);
  return url;
}

function conclude(
  { output, status }: { readonly output: string; readonly status: string },
  resolve: (exit: Exit) => void,
  reject: (error: unknown) => void,
): void {
  const ending = read(status);
  if (ending?.status === 'Success') return resolve({ code: 0, output });
  const code = ending?.details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined) return resolve({ code: Number(code), output });
  reject(
    ending
      ? apiError(ending.code ?? 500, ending.reason, ending.message ?? 'the program could not be run')
      : new Unreachable('the connection was lost before the program had ended'),
  );
}

function read(text: string): Ending | undefined {
  try {
    const ending: Ending = JSON.parse(text);
    return ending;
  } catch {
    return undefined;
  }
}
