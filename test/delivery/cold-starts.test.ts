import { expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { second } from '../../src/support/time.js';
import { aPool } from '../objects.js';
import { ref, stage } from './desks.js';
import { RefusingCluster } from './refusing-cluster.js';

it('a pool starts no more cold than it allows for claims that come while others are being started', async () => {
  const { cluster, clock, start } = await stage('cold starts');
  const slow = new RefusingCluster(cluster);
  const { create } = slow;
  slow.create = async (kind, ...rest) => {
    if (kind.name === Pod.name) await clock.sleep(5 * second);
    return create(kind, ...rest);
  };
  const operator = await start('operator', slow);
  const { spec } = aPool({ replicas: 0 });
  await cluster.create(ContainerPool, {
    metadata: ref('empty'),
    spec: { ...spec, claims: { ...spec.claims, coldStarts: { perMinute: 2 } } },
  });
  for (const name of ['one', 'two', 'three']) {
    await cluster.create(ContainerClaim, {
      metadata: ref(name),
      spec: { pool: { name: 'empty' }, items: [{ count: 2 }], whenEmpty: 'Cold' },
    });
    await clock.advance(second);
  }
  await clock.advance(30 * second);
  expect((await cluster.list(Pod, { labels: `${labels.pool}=empty` })).items).toHaveLength(2);
  operator.kill();
});
