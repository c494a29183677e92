import { afterEach, expect, test } from 'vitest';
import type { RunningServer } from './http-server.js';
import { serveJson } from './http-server-json.js';

let server: RunningServer | undefined;
afterEach(() => server?.close());

async function post(path: string, body: string, method = 'POST'): Promise<readonly [number, unknown]> {
  server ??= await serveJson({
    port: 0,
    longestBody: 100,
    routes: { '/double': (value) => ({ status: 200, body: [value, value] }) },
  });
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, ...(method === 'POST' && { body }) });
  return [answer.status, await answer.json()];
}

test('a server of JSON answers what is posted, and refuses what it cannot read', async () => {
  expect(await post('/double', '1')).toEqual([200, [1, 1]]);
  expect(await post('/double', '{')).toMatchObject([400, { Error: expect.stringMatching(/^the body is not JSON: /) }]);
  expect(await post('/half', '1')).toEqual([404, { Error: 'try /double' }]);
  expect(await post('/double', '', 'GET')).toEqual([405, { Error: 'only POST' }]);
  expect(await post('/double', JSON.stringify('x'.repeat(200)))).toEqual([
    413,
    { Error: 'a body must be at most 100 bytes long' },
  ]);
});
