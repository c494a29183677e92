/** What keeps containers in use alive when Penstock is uninstalled, on real containers and with the real garbage collector. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { labels, states } from '../../src/api/names.js';
import { untilReady } from '../../src/client/index.js';
import { releasePatch } from '../../src/install/uninstall/release.js';
import { lacks } from './environment.js';
import { identityOf } from './observe.js';
import { Place } from './place.js';
import { aBusyboxPool } from './pool.js';

describe.skipIf(lacks('released containers'))('released containers', () => {
  let place: Place;
  beforeAll(async () => {
    place = await Place.open('released');
  });
  afterAll(() => place?.close());

  it('outlive their claim and their pool, and an operator that comes later leaves them alone', async () => {
    const { cluster, namespace } = place;
    const pods = async (state: string) =>
      (await cluster.list(Pod, { namespace, labels: `${labels.state}=${state}` })).items;
    const ref = { namespace, name: 'boxes' };
    const first = await place.operator();
    await cluster.create(ContainerPool, aBusyboxPool(place, 'boxes', { replicas: 3 }));
    await cluster.create(ContainerClaim, {
      metadata: ref,
      spec: {
        pool: { name: 'boxes' },
        items: [{ count: 2, env: [{ name: 'A', value: 'b' }] }],
        whenEmpty: 'Wait',
      },
    });
    await untilReady(place, ref);
    await first.stop();
    const before = (await pods(states.delivered)).map(identityOf);
    expect(before).toHaveLength(2);
    for (const pod of await pods(states.delivered)) await cluster.patch(Pod, nameOf(pod), releasePatch(pod));
    await cluster.remove(ContainerClaim, ref);
    await cluster.remove(ContainerPool, ref);
    // by then the garbage collector has done what it does
    await place.until(
      'the stock to go',
      () => pods(states.stocked),
      (left) => left.length === 0,
    );

    await place.operator();
    await cluster.create(ContainerPool, aBusyboxPool(place, 'boxes', { replicas: 1 }));
    await place.untilObject(ContainerPool, 'boxes', 'to be full', (pool) => (pool?.status?.ready ?? 0) >= 1);
    const after = await pods(states.released);
    const sorted = (identities: readonly object[]) => identities.map((one) => JSON.stringify(one)).sort();
    expect(sorted(after.map(identityOf))).toEqual(sorted(before));
    for (const pod of after) {
      expect(pod.metadata.deletionTimestamp).toBeUndefined();
      expect(await place.inContainer(pod, 'cat /etc/penstock/env.json')).toBe('{"A":"b"}');
    }
  });
});
