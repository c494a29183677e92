import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { fixedCredentials, KubernetesCluster } from '../../../cluster/kubernetes/index.js';
import { silentLogger } from '../../../support/log.js';
import { minute } from '../../../support/time.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { WallClock } from '../../../support/wall-clock.js';
import { readerCredentials } from './reader-credentials.js';

test('The credentials of a reader are a token of its account, which is asked for again before it ends', async () => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      const { spec }: { spec?: unknown } = JSON.parse(body);
      asked.push([request.method, request.url?.split('?')[0], spec]);
      response.writeHead(201).end(JSON.stringify({ kind: 'TokenRequest', status: { token: `t${asked.length}` } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cluster = new KubernetesCluster({
    server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: fixedCredentials({ headers: { authorization: 'Bearer operator' }, tls: {} }),
    clock: new WallClock(),
    logger: silentLogger,
  });
  try {
    const clock = new VirtualClock();
    const credentials = readerCredentials(cluster, { namespace: 'sys', name: 'reader' }, clock, silentLogger);
    const shown = async () => (await credentials.current()).headers;
    expect([await shown(), await shown()]).toEqual([{ authorization: 'Bearer t1' }, { authorization: 'Bearer t1' }]);
    await clock.advance(45 * minute);
    expect(await shown()).toEqual({ authorization: 'Bearer t2' });
    expect(asked[0]).toEqual([
      'POST',
      '/api/v1/namespaces/sys/serviceaccounts/reader/token',
      { audiences: [], expirationSeconds: 3600 },
    ]);
  } finally {
    cluster.close();
    server.close();
    server.closeAllConnections();
  }
});
