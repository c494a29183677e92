/** Pools that are sized by something else than the demand of claims, on the embedded cluster in virtual time. */
import { expect, it } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { autoscaleWithin } from '../../src/api/container-pool-schema.js';
import { ConfigMap, Deployment, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import { installCrds } from '../../src/cluster/crds.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { realistic } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { findCondition, type HttpClient } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { Scene } from '../deployments/scene.js';
import { aPool } from '../objects.js';

async function stage(http?: HttpClient) {
  const clock = new VirtualClock();
  const random = seededRandom('otherwise');
  const collectedKinds = [Pod, ConfigMap, ReplicaSet, Deployment, ...penstockKinds];
  const world = createEmbeddedWorld({
    store: admitting(),
    clock,
    random,
    nodes: { count: 4, profile: realistic },
    collectedKinds,
  });
  const { cluster } = world;
  await clock.settle(
    installCrds(cluster, clock).then(() => world.start()),
    minute,
  );
  const operate = async (name: string) => {
    const parts = { cluster, clock, random: random.split(name), logger: silentLogger };
    const operator = createOperator({ ...parts, ...(http && { http }) });
    await clock.settle(operator.start(), minute);
    return operator;
  };
  return { clock, cluster, operate };
}

it('counts each replica that a Deployment wanted once: from stock, cold, and over a restart', async () => {
  const { clock, cluster, operate } = await stage();
  const scene = new Scene({ cluster, namespace: 'default', image: 'web:1' });
  let operator = await operate('first');
  await scene.deploy(2);
  await clock.advance(minute);
  await scene.stock(5);
  const web = { namespace: 'default', name: 'web' };
  const sized = { autoscale: autoscaleWithin({ min: 5, max: 5 }) };
  await cluster.patch(ContainerPool, web, mergePatch({ spec: sized }));
  await clock.advance(minute);
  const scale = (replicas: number) => cluster.patch(Deployment, web, mergePatch({ spec: { replicas } }));
  await scale(6);
  await clock.advance(30 * second);
  // more than there is in stock
  await scale(18);
  await clock.advance(minute);
  operator.kill();
  operator = await operate('second');
  await clock.advance(15 * minute);
  await scale(20);
  await clock.advance(15 * minute);
  const { items } = await cluster.list(ConfigMap, { namespace: 'default' });
  const counted = Object.entries(items[0]?.data ?? {})
    .filter(([key]) => key.startsWith('day-'))
    .flatMap(([, text]) => text.split(',').map((entry) => Number.parseInt(entry.split('*')[1] ?? '1', 36)));
  expect(counted.reduce((a, b) => a + b, 0)).toBe(18);
  operator.kill();
});

it('asks a webhook, goes there in the steps that it may, and keeps its size when the answer is of no use', async () => {
  let answer = { code: 200, body: '{"stock":9,"message":"the office opens"}' };
  const asked: string[] = [];
  const http: HttpClient = {
    send: async ({ url }) => {
      asked.push(url);
      return answer;
    },
  };
  const { clock, cluster, operate } = await stage(http);
  let operator = await operate('first');
  const ref = { namespace: 'default', name: 'pool' };
  const url = 'https://sizes.test/pools';
  const change = { raisePerMinute: 4, lowerPerMinute: 4 };
  const autoscale = { ...autoscaleWithin({ min: 1, max: 20 }), change, webhook: { url, timeout: '5s' } };
  await cluster.create(ContainerPool, { metadata: ref, spec: { ...aPool().spec, replicas: 3, autoscale } });
  const told = async () => {
    const { status } = await cluster.get(ContainerPool, ref);
    const condition = findCondition(status?.conditions, 'Sized');
    return { stock: status?.sizing?.stock, reason: condition?.reason, message: condition?.message };
  };
  await clock.advance(70 * second);
  expect((await told()).stock).toBe(7);
  await clock.advance(minute);
  expect(await told()).toMatchObject({
    stock: 9,
    reason: 'FromWebhook',
    message: expect.stringContaining('the office opens'),
  });
  answer = { code: 500, body: '' };
  await clock.advance(2 * minute);
  expect(await told()).toMatchObject({
    stock: 9,
    reason: 'WebhookFails',
    message: expect.stringContaining('HTTP 500'),
  });
  operator.kill();
  operator = await operate('second');
  await clock.advance(2 * minute);
  expect((await told()).stock).toBe(9);
  answer = { code: 200, body: '{"stock":0}' };
  await clock.advance(4 * minute);
  expect(await told()).toMatchObject({ stock: 1, reason: 'FromWebhook' });
  expect(asked.length).toBeLessThan(14);
  operator.kill();
});
