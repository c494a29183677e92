/** Stock that is not what it was, on the embedded cluster in virtual time: replaced first, and gone then. */
import { expect, it } from 'vitest';
import { renewalWithin } from '../../src/api/container-pool-schema.js';
import { Event, Node, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations } from '../../src/api/names.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { isReady } from '../../src/line/index.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { Scene } from './scene.js';

it('empties cordoned nodes of stock without letting it fall, whatever the seed', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = seededRandom(seed);
    const nodes = random.integer(2, 5);
    const replicas = random.integer(1, 30);
    const maxSurge = random.integer(0, 6);
    const maxUnavailable = random.integer(maxSurge === 0 ? 1 : 0, 5);
    const scene = await Scene.open(seed, nodes, random.integer(0, 20) * second);
    await scene.operate();
    await scene.make({ replicas, renewal: renewalWithin({ maxUnavailable, maxSurge }) });
    await scene.clock.advance(3 * minute);
    await scene.follow();
    const cordoned = scene.world.nodes.names.slice(0, random.integer(1, nodes - 1));
    for (const name of cordoned) {
      await scene.cluster.patch(Node, { name }, mergePatch({ spec: { unschedulable: true } }));
      await scene.clock.advance(random.integer(0, 30) * second);
      if (random.uniform() < 0.3) await scene.operate();
    }
    await scene.clock.advance(20 * minute);
    const left = (await scene.stock()).filter(({ spec }) => cordoned.includes(spec?.nodeName ?? ''));
    const { ready } = await scene.status();
    // with a surge there is no need to go below the size at all
    const least = replicas - (maxSurge > 0 ? 0 : maxUnavailable);
    const lowest = scene.readings.reduce((a, b) => Math.min(a, b), replicas);
    expect({ seed, left: left.length, ready, fell: lowest < least }).toEqual({
      seed,
      left: 0,
      ready: replicas,
      fell: false,
    });
    expect(Math.max(replicas, ...scene.readings)).toBeLessThanOrEqual(replicas + maxSurge);
    await scene.close();
  }
});

it('leaves delivered containers on a cordoned node alone, and says why the others went', async () => {
  const scene = await Scene.open('delivered', 2);
  await scene.operate();
  await scene.make({ replicas: 4 });
  await scene.clock.advance(minute);
  await scene.claim('held', 4);
  await scene.clock.advance(minute);
  const held = (await scene.cluster.list(Pod)).items.filter(
    ({ metadata }) => metadata.labels?.['penstock.dev/state'] === 'delivered',
  );
  const [name = ''] = scene.world.nodes.names;
  await scene.cluster.patch(Node, { name }, mergePatch({ spec: { unschedulable: true } }));
  await scene.clock.advance(5 * minute);
  for (const pod of held) expect((await scene.cluster.get(Pod, nameOf(pod))).metadata.uid).toBe(pod.metadata.uid);
  const { items } = await scene.cluster.list(Event);
  const notes = items.filter(({ reason }) => reason === 'StockReplaced').map(({ note }) => note);
  expect(notes).toContainEqual(expect.stringContaining(`had to go: its node ${name} is cordoned`));
  await scene.close();
});

it('replaces the stock of a node that falls silent, after a while', async () => {
  const scene = await Scene.open('silent', 3);
  await scene.operate();
  await scene.make({ replicas: 6, renewal: renewalWithin({ maxUnavailable: 2, maxSurge: 2 }) });
  await scene.clock.advance(minute);
  const [lost = ''] = scene.world.nodes.names;
  scene.world.nodes.lose(lost);
  // the control plane takes 40 s to say that a node's pods are not ready, and the audit 30 s to believe it
  await scene.clock.advance(minute);
  const count = async () => (await scene.stock()).filter(({ spec }) => spec?.nodeName === lost).length;
  const before = await count();
  await scene.clock.advance(minute);
  const there = (await scene.stock()).filter(isReady);
  expect([there.length, there.some(({ spec }) => spec?.nodeName === lost)]).toEqual([6, false]);
  expect(before).toBeGreaterThan(0);
  const { items } = await scene.cluster.list(Event);
  expect(items.map(({ note }) => note)).toContainEqual(
    expect.stringContaining('it was ready, and has not been for 30s'),
  );
  await scene.close();
});

it('gives nobody what stands on a node whose pods have to go, and counts it again when they may stay', async () => {
  const scene = await Scene.open('leaving', 2);
  await scene.operate();
  await scene.make({ replicas: 4 });
  await scene.clock.advance(minute);
  await scene.change({ refill: { paused: true } });
  await scene.clock.advance(second);
  const [name = ''] = scene.world.nodes.names;
  const there = (await scene.stock()).filter(({ spec }) => spec?.nodeName === name).length;
  const taints = [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }];
  await scene.cluster.patch(Node, { name }, mergePatch({ spec: { taints } }));
  await scene.clock.advance(2 * second);
  expect([there, (await scene.status()).ready]).toEqual([2, 2]);
  await scene.claim('held', 4);
  await scene.clock.advance(10 * second);
  expect((await scene.stock()).length).toBe(4);
  await scene.cluster.patch(Node, { name }, mergePatch({ spec: { taints: null } }));
  await scene.clock.advance(2 * second);
  expect(await scene.stock()).toEqual([]);
  await scene.close();
});

it('makes stock anew elsewhere for what is asked to go', async () => {
  const scene = await Scene.open('asked', 2);
  await scene.operate();
  await scene.make({ replicas: 4 });
  await scene.clock.advance(minute);
  const [asked] = await scene.stock();
  const request = JSON.stringify({ requester: 'test', requestedAt: '2026-01-01T00:00:00Z', reason: 'hot' });
  await scene.cluster.patch(
    Pod,
    nameOf(asked!),
    mergePatch({ metadata: { annotations: { [annotations.evictionRequest]: request } } }),
  );
  await scene.clock.advance(minute);
  const after = await scene.stock();
  expect(after.filter(isReady)).toHaveLength(4);
  expect(after.map(({ metadata }) => metadata.uid)).not.toContain(asked!.metadata.uid);
  await scene.close();
});
