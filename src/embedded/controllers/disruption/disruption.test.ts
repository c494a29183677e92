import { expect, test } from 'vitest';
import { PodDisruptionBudget } from '../../../api/administration.js';
import { Deployment, Eviction, Pod } from '../../../api/kubernetes.js';
import { nameOf } from '../../../api/meta/resource.js';
import { TooManyRequests } from '../../../cluster/errors.js';
import { seededRandom } from '../../../support/random.js';
import { minute, second } from '../../../support/time.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { createEmbeddedWorld } from '../../world.js';

const namespace = 'default';
const labels = { app: 'web' };
const ref = { namespace, name: 'web' };
const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };

/** A Deployment of four pods that are ready, under a budget. */
async function started(spec: object) {
  const clock = new VirtualClock();
  const world = createEmbeddedWorld({ clock, random: seededRandom(1), nodes: { count: 2 } });
  await clock.settle(world.start(), minute);
  const { cluster } = world;
  await cluster.create(PodDisruptionBudget, { metadata: ref, spec: { selector: { matchLabels: labels }, ...spec } });
  await cluster.create(Deployment, {
    metadata: ref,
    spec: { replicas: 4, selector: { matchLabels: labels }, template },
  });
  await clock.advance(minute);
  const pods = async () => (await cluster.list(Pod, { namespace, labels: 'app=web' })).items;
  const status = async () => (await cluster.get(PodDisruptionBudget, ref)).status;
  const evict = (pod: Pod | undefined) =>
    pod ? cluster.create(Eviction, { metadata: nameOf(pod) }) : Promise.reject(new Error('no such pod'));
  return { clock, cluster, pods, status, evict, stop: () => clock.settle(world.stop(), minute) };
}

test('a budget of three among four pods lets one go, and the next when another is ready in its place', async () => {
  const { clock, pods, status, evict, stop } = await started({ minAvailable: 3 });
  expect(await status()).toMatchObject({
    expectedPods: 4,
    currentHealthy: 4,
    desiredHealthy: 3,
    disruptionsAllowed: 1,
  });
  const [first, second_] = await pods();
  await evict(first);
  await expect(evict(second_)).rejects.toThrow(TooManyRequests);
  await clock.advance(second);
  await expect(evict(second_)).rejects.toThrow(TooManyRequests);
  await clock.advance(minute);
  expect(await status()).toMatchObject({ expectedPods: 4, currentHealthy: 4, disruptionsAllowed: 1 });
  await evict(second_);
  await clock.advance(minute);
  const left = (await pods()).map(({ metadata }) => metadata.name);
  expect(left).toHaveLength(4);
  expect(left).not.toContain(first?.metadata.name);
  expect(left).not.toContain(second_?.metadata.name);
  await stop();
});
