/** A kubelet that reports a node on which hardly anything happens: for a second node beside the one that there is. */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Authority } from '../control-plane/certificates.js';

export interface IdleKubelet extends AsyncDisposable {
  readonly port: number;
}

/** Answers `/stats/summary` on 127.0.0.1 with a hundredth of a core and 100 MiB. */
export async function startIdleKubelet(nodeName: string): Promise<IdleKubelet> {
  const { certificate: cert, key } = new Authority('idle').certifyServer('127.0.0.1');
  const startTime = new Date().toISOString();
  const server = createServer({ cert, key }, (request, response) => {
    if (!request.url?.startsWith('/stats/summary')) return response.writeHead(404).end();
    const time = new Date().toISOString();
    const used = (Date.now() - Date.parse(startTime) + 60_000) * 10_000;
    const cpu = { time, usageNanoCores: 10_000_000, usageCoreNanoSeconds: used };
    const memory = { time, workingSetBytes: 100 * 2 ** 20 };
    response.end(JSON.stringify({ node: { nodeName, startTime, cpu, memory }, pods: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
