import { expect, it } from 'vitest';
import { ConfigMap } from '../api/kubernetes.js';
import { mergePatch } from '../cluster/patch.js';
import { NotFound } from '../cluster/errors.js';
import { EmbeddedCluster } from '../embedded/index.js';
import { silentLogger } from '../support/log.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { cachedCluster } from './cached-cluster.js';
import { Informers } from './informers.js';

const ref = { namespace: 'default', name: 'settings' };

/** Informers that follow nothing: what they know came through the cached cluster. */
async function made() {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const cluster = new EmbeddedCluster({ clock, random });
  const informers = new Informers({ cluster, clock, random, logger: silentLogger });
  const known = informers.of(ConfigMap);
  const cached = cachedCluster(cluster, informers);
  await cached.create(ConfigMap, { metadata: ref, data: { a: '1' } });
  return { cluster, cached, data: () => known.get('default/settings')?.data };
}

it('shows its own writes at once', async () => {
  const { cached, data } = await made();
  await cached.patch(ConfigMap, ref, mergePatch({ data: { a: '2' } }));
  expect(data()).toEqual({ a: '2' });
  await cached.remove(ConfigMap, ref);
  expect(data()).toBeUndefined();
});

it('does not unlearn what it has read', async () => {
  const { cluster, cached, data } = await made();
  await cluster.patch(ConfigMap, ref, mergePatch({ data: { a: '2' } }));
  expect(data()).toEqual({ a: '1' });
  await cached.get(ConfigMap, ref);
  expect(data()).toEqual({ a: '2' });
  await cluster.remove(ConfigMap, ref);
  await expect(cached.get(ConfigMap, ref)).rejects.toThrow(NotFound);
  expect(data()).toBeUndefined();
});

it('forgets what a write finds gone', async () => {
  const { cluster, cached, data } = await made();
  await cluster.remove(ConfigMap, ref);
  expect(data()).toEqual({ a: '1' });
  await expect(cached.patch(ConfigMap, ref, mergePatch({ data: { a: '2' } }))).rejects.toThrow(NotFound);
  expect(data()).toBeUndefined();
});
