import { expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Pod } from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { labels } from '../../src/api/names.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

it('counts every container that was lost and replaced, also when they are lost soon after one another', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('replaced');
  const world = createEmbeddedWorld({ store: admitting(), clock, random, nodes: { count: 3, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(Promise.all([world.start(), operator.start()]), 10 * second);
  const claim = { namespace: 'default', name: 'claim' };
  await cluster.create(ContainerPool, { metadata: { namespace: 'default', name: 'pool' }, spec: aPool().spec });
  await clock.advance(5 * second);
  const spec = { pool: { name: 'pool' }, items: [{ count: 3 }], whenEmpty: 'Wait' as const };
  await cluster.create(ContainerClaim, { metadata: claim, spec });
  await clock.advance(5 * second);

  for (let loss = 0; loss < 3; loss++) {
    const { items } = await cluster.list(Pod, { labels: `${labels.claim}=claim` });
    await cluster.remove(Pod, nameOf(items[0]!), { gracePeriodSeconds: 0 });
    await clock.advance(100);
  }
  await clock.advance(5 * second);
  expect((await cluster.get(ContainerClaim, claim)).status).toMatchObject({ allocated: 3, ready: 3, replaced: 3 });
  operator.kill();
  await clock.settle(world.stop(), 60 * second);
});
