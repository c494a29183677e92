import { expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { isTrue } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { admitting } from '../admission.js';
import { aPool } from '../objects.js';

it('is not fought for at once, when another leader sees less and says so', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('contested');
  const world = createEmbeddedWorld({ store: admitting(), clock, random, nodes: { count: 3, profile: instant } });
  const { cluster } = world;
  for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
  const operator = createOperator({ cluster, clock, random: random.split('operator'), logger: silentLogger });
  await clock.settle(Promise.all([world.start(), operator.start()]), 10 * second);
  const ref = { namespace: 'default', name: 'claim' };
  await cluster.create(ContainerPool, { metadata: { namespace: 'default', name: 'pool' }, spec: aPool().spec });
  await clock.advance(5 * second);
  const spec = { pool: { name: 'pool' }, items: [{ count: 3 }], whenEmpty: 'Wait' as const };
  const { metadata } = await cluster.create(ContainerClaim, { metadata: ref, spec });

  const end = new AbortController();
  let told = 0;
  const other = async () => {
    const query = { namespace: 'default', since: metadata.resourceVersion };
    for await (const event of cluster.watch(ContainerClaim, query, { signal: end.signal })) {
      if (event.type !== 'MODIFIED' || !isTrue(event.object.status?.conditions, 'Ready')) continue;
      told++;
      await clock.sleep(1);
      const conditions = event.object.status?.conditions?.map((one) => ({ ...one, status: 'False' as const }));
      await cluster.patch(ContainerClaim, ref, mergePatch({ status: { ready: 0, conditions } }), {
        subresource: 'status',
      });
    }
  };
  void other();
  await clock.advance(10 * second);
  expect(told).toBeGreaterThan(10);
  expect(told).toBeLessThan(25);
  end.abort();
  await clock.advance(5 * second);
  expect((await cluster.get(ContainerClaim, ref)).status).toMatchObject({ ready: 3 });
  operator.kill();
  await clock.settle(world.stop(), minute);
});
