/** A pool's webhook, asked over a real socket. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aPool } from '../../../test/objects.js';
import type { Autoscale } from '../../api/container-pool.js';
import { autoscaleWithin } from '../../api/container-pool-schema.js';
import { BackgroundCalls, httpClient } from '../../runtime/index.js';
import { VirtualClock } from '../../support/virtual-clock.js';
import { WallClock } from '../../support/wall-clock.js';
import { minute, second } from '../../support/time.js';
import { DemandHistory } from './history.js';
import { WebhookDesk } from './webhook.js';

const clock = new VirtualClock();
let answer: RequestListener;
const bodies: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    bodies.push(body);
    answer(request, response);
  });
});
let url = '';

beforeEach(async () => {
  bodies.length = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sizes`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const saying =
  (body: unknown, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));

const { signal } = new AbortController();
let woken = 0;
const context = { signal, wake: () => void woken++ };
const newDesk = () => new WebhookDesk(httpClient(new WallClock()), clock, new BackgroundCalls(new WallClock()));
const autoscale: Autoscale = autoscaleWithin({ min: 1, max: 50 });

function ask(desk: WebhookDesk, timeout = '5s') {
  const history = new DemandHistory(clock.now() - 10 * minute);
  history.add(clock.now() - minute, 7);
  const question = { pool: aPool({ autoscale }), autoscale, history, lead: 20 * second, ready: 4 };
  return desk.look({ url, timeout }, question, context);
}

/** What it says once the answer is in. */
async function answered(desk: WebhookDesk, timeout?: string) {
  const before = woken;
  ask(desk, timeout);
  await expect.poll(() => woken).toBe(before + 1);
  return ask(desk, timeout);
}

describe('a webhook', () => {
  it('is told what is known, once a minute, and its answer holds until the next', async () => {
    const desk = newDesk();
    answer = saying({ stock: 12, message: 'the office opens', more: 1 });
    expect(ask(desk)).toEqual({ told: 'not yet', trouble: undefined, wakeAt: clock.now() + minute });
    expect((await answered(desk)).told).toEqual({ stock: 12, message: 'the office opens' });
    expect(bodies).toHaveLength(1);
    const { demand, ...rest } = JSON.parse(bodies[0] ?? '') as { demand: { slotSeconds: number; counts: number[] } };
    expect(rest).toMatchObject({
      pool: { namespace: 'default', name: 'pool' },
      stock: { ready: 4, min: 1, max: 50 },
      leadTimeSeconds: 20,
      hitRate: 0.99,
    });
    expect([demand.slotSeconds, demand.counts.length, demand.counts.at(-3)]).toEqual([30, 120, 7]);
    await clock.advance(minute);
    answer = saying({ stock: 3 });
    expect(ask(desk).told).toEqual({ stock: 12, message: 'the office opens' });
    expect((await answered(desk)).told).toEqual({ stock: 3 });
    expect(bodies).toHaveLength(2);
  });

  it.each([
    ['no JSON', saying('<html>'), 'it must answer with JSON'],
    ['no stock', saying({ replicas: 3 }), 'it must answer with JSON'],
    ['a stock that cannot be', saying({ stock: -1 }), 'it must answer with JSON'],
    ['an error', saying({ stock: 9 }, 503), 'HTTP 503'],
    ['nothing', () => {}, 'no answer within 100 ms'],
    ['too much', saying(' '.repeat(100_000)), 'larger than'],
  ])('keeps its last answer when it answers with %s, and says so', async (_, listener, words) => {
    const desk = newDesk();
    answer = saying({ stock: 12 });
    await answered(desk, '100ms');
    await clock.advance(minute);
    answer = listener;
    const asked = await answered(desk, '100ms');
    expect(asked.told).toEqual({ stock: 12 });
    expect(asked.trouble).toContain(words);
    expect(asked.trouble).toContain(url);
  });
});
