/** Prometheus on a socket of this machine, and what can be wrong with its answers. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { aNode, Reported } from '../../../../test/scheduler/nodes.js';
import { httpClient } from '../../../runtime/index.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { WallClock } from '../../../support/wall-clock.js';
import { PrometheusSource, type PrometheusSourceOptions } from './prometheus-source.js';
import { nodeExporterQueries } from './queries.js';
import { nodeFinder, parseVector } from './vector.js';

const clock = new VirtualClock();
const start = clock.now();

const series = (label: string, value: unknown) => ({ metric: { instance: label }, value: [1_767_225_600, value] });
const vector = (...result: readonly unknown[]) => ({ status: 'success', data: { resultType: 'vector', result } });

describe('A vector', () => {
  test('has the series that have the label and a value that can be one', () => {
    const given = vector(
      series('a:9100', '0.25'),
      series('b', '1e3'),
      series('c', 'NaN'),
      series('d', '+Inf'),
      series('e', '-1'),
      series('f', ''),
      series('g', 7),
      { metric: { job: 'node' }, value: [0, '1'] },
      { metric: { instance: 'h' }, value: '1' },
      null,
    );
    expect(parseVector(JSON.stringify(given), 'instance')).toEqual([
      { label: 'a:9100', value: 0.25 },
      { label: 'b', value: 1000 },
    ]);
  });

  test.each([
    ['what is no JSON', '<html>', 'the answer is no JSON object'],
    ['a refusal', '{"status":"error","errorType":"bad_data","error":"parse error"}', 'parse error'],
    [
      'a scalar',
      '{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}',
      'the query answers with a scalar, not with a vector',
    ],
    ['an empty answer', '{}', 'the answer is not a success'],
  ])('is not %s', (_what, text, problem) => {
    expect(parseVector(text, 'instance')).toBe(problem);
  });
});

test.each([
  ['a', 'a'],
  ['a:9100', 'a'],
  ['10.0.0.1:9100', 'a'],
  ['10.0.0.1', 'a'],
  ['[fd00::2]:9100', 'b'],
  ['fd00::2', 'b'],
  ['c', undefined],
  ['', undefined],
])('The label %j means node %j', (label, node) => {
  const nodes = [aNode('a', { address: '10.0.0.1' }), aNode('b', { address: 'fd00::2' })];
  expect(nodeFinder(nodes)(label)).toBe(node);
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The source on a Prometheus that answers a query with what is here, and refuses others. */
async function sourceOn(answers: Record<string, unknown>, options: Partial<PrometheusSourceOptions> = {}) {
  const asked: { readonly query: string | null; readonly authorization: string | undefined }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const query = url.searchParams.get('query');
    asked.push({ query, authorization: request.headers.authorization });
    const answer = url.pathname === '/at/api/v1/query' ? answers[query ?? ''] : undefined;
    if (answer === undefined) response.writeHead(400).end('{"status":"error","error":"no such metric"}');
    else response.end(JSON.stringify(answer));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/at/`;
  const source = new PrometheusSource({
    http: httpClient(new WallClock()),
    clock,
    url,
    queries: { use: { cpu: 'cpu[$window]', gpu: 'gpu' }, pressure: { io: 'io' } },
    window: 60_000,
    ...options,
  });
  const read = async () => {
    const reported = new Reported();
    await source.read([aNode('a'), aNode('b', { address: '10.0.0.2' })], reported, new AbortController().signal);
    return reported;
  };
  return { asked, read };
}

describe('A source of Prometheus', () => {
  it('puts together what its queries say of each node, over the window that they have', async () => {
    const { asked, read } = await sourceOn(
      {
        'cpu[60000ms]': vector(series('a', '1500'), series('10.0.0.2:9100', '250'), series('unknown', '1')),
        gpu: vector(series('a', '2')),
        io: vector(series('b:9100', '1.5')),
      },
      { token: () => Promise.resolve('secret') },
    );
    expect(await read()).toMatchObject({
      samples: {
        a: { node: 'a', from: start - 60_000, to: start, use: { cpu: 1500, gpu: 2 }, pressure: {} },
        b: { node: 'b', from: start - 60_000, to: start, use: { cpu: 250 }, pressure: { io: 1 } },
      },
      failures: {},
    });
    expect(asked.map(({ authorization }) => authorization)).toEqual(Array.from({ length: 3 }, () => 'Bearer secret'));
  });

  it('adds up what is of one node by the label that names it, in the default queries too', async () => {
    const { asked, read } = await sourceOn({}, { label: 'node', queries: nodeExporterQueries });
    await expect(read()).rejects.toThrow('no such metric');
    const grouped = asked.filter(({ query }) => query?.includes(' by (node) ('));
    expect(grouped).toHaveLength(asked.length);
    expect(asked.length).toBe(7);
  });

  it('says what is missing when a query fails, and reports the rest', async () => {
    const { read } = await sourceOn({ 'cpu[60000ms]': vector(series('a', '1500')), io: vector() });
    expect(await read()).toMatchObject({
      samples: { a: { use: { cpu: 1500 } } },
      failures: {
        a: 'gpu: Prometheus answered 400: no such metric',
        b: 'gpu: Prometheus answered 400: no such metric',
      },
    });
  });

  it('counts nothing of a node that has several series, as the query does not add them up', async () => {
    const { read } = await sourceOn({
      'cpu[60000ms]': vector(series('a', '1'), series('a:9100', '2'), series('b', '3')),
      gpu: vector(series('a', '2')),
      io: vector(),
    });
    const { samples, failures } = await read();
    expect(samples).toMatchObject({ a: { use: { gpu: 2 } }, b: { use: { cpu: 3 } } });
    expect(samples.a?.use).toEqual({ gpu: 2 });
    expect(failures.a).toBe('cpu: several series are of one node (a): the query must add them up');
  });

  it('is out of reach when all of its queries fail', async () => {
    const { read } = await sourceOn({});
    await expect(read()).rejects.toThrow('cpu, gpu, pressure of io: Prometheus answered 400: no such metric');
  });

  it('says of a node of which there is no series that there is none', async () => {
    const { read } = await sourceOn({ 'cpu[60000ms]': vector(series('a', '1')), gpu: vector(), io: vector() });
    expect((await read()).failures).toEqual({ b: 'no series is of it' });
  });
});
