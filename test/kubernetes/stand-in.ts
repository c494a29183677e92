import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  fixedCredentials,
  KubernetesCluster,
  type KubernetesClusterOptions,
} from '../../src/cluster/kubernetes/index.js';
import { silentLogger } from '../../src/support/log.js';
import { WallClock } from '../../src/support/wall-clock.js';

type Answer = (request: IncomingMessage, response: ServerResponse, number: number) => void;

/** A server that answers what a test wants: for answers that a real API server gives only in trouble. */
export class StandIn implements AsyncDisposable {
  readonly calls: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async answering(answer: Answer): Promise<StandIn> {
    const server = createServer((request, response) => {
      const number = standIn.calls.push(`${request.method} ${request.url?.split('?', 1)[0]}`);
      request.resume();
      request.on('end', () => answer(request, response, number));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const standIn = new StandIn(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return standIn;
  }

  client(options: Partial<KubernetesClusterOptions> = {}): KubernetesCluster {
    return new KubernetesCluster({
      server: this.url,
      credentials: fixedCredentials({ headers: {}, tls: {} }),
      clock: new WallClock(),
      logger: silentLogger,
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1' },
};

export const respond = (
  response: ServerResponse,
  code: number,
  body: object,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
