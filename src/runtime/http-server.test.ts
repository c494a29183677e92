import { afterEach, describe, expect, it } from 'vitest';
import { type RunningServer, serveHealth, serveMetrics } from './http-server.js';
import { RuntimeMetrics } from './metrics.js';

let server: RunningServer | undefined;
afterEach(() => server?.close());

const get = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`http://127.0.0.1:${server?.port}${path}`, init);
  return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
};

describe('health server', () => {
  it('answers ok, with names when asked to be verbose', async () => {
    server = await serveHealth({ port: 0, live: {}, ready: { caches: () => undefined } });
    expect(await get('/healthz')).toMatchObject({ status: 200, body: 'ok' });
    expect(await get('/readyz?verbose')).toMatchObject({ status: 200, body: '[+]caches ok\nreadyz check passed\n' });
  });

  it('names what fails', async () => {
    server = await serveHealth({
      port: 0,
      live: {},
      ready: { caches: () => 'Pods are not listed yet', lease: () => undefined },
    });
    const { status, body } = await get('/readyz');
    expect(status).toBe(503);
    expect(body).toContain('[-]caches failed: Pods are not listed yet');
    expect(body).toContain('[+]lease ok');
  });

  it('answers 500 when a check throws, 404 elsewhere, 405 to writes', async () => {
    const broken = () => {
      throw new Error('broken check');
    };
    server = await serveHealth({ port: 0, live: { broken }, ready: {} });
    expect(await get('/healthz')).toMatchObject({ status: 500, body: 'broken check\n' });
    expect((await get('/constructor')).status).toBe(404);
    expect((await get('/readyz', { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('says which port is taken', async () => {
    server = await serveHealth({ port: 0, live: {}, ready: {} });
    await expect(serveHealth({ port: server.port, live: {}, ready: {} })).rejects.toThrow(`127.0.0.1:${server.port}`);
  });
});

describe('metrics server', () => {
  it("answers in Prometheus' format", async () => {
    const metrics = new RuntimeMetrics();
    metrics.request('GET', '200', 'here');
    server = await serveMetrics({ port: 0, registry: metrics.registry });
    const { status, type, body } = await get('/metrics');
    expect([status, type]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(body).toContain('rest_client_requests_total{code="200",method="GET",host="here"} 1');
  });
});
