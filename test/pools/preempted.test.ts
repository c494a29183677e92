/** Stock that makes room for a more important pod, and its pool that makes other stock elsewhere. */
import { expect, test } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { labels } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { penstockKinds } from '../../src/embedded/controllers/index.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { aPool } from '../objects.js';

const namespace = 'default';
const containers = (cpu: string) => [{ name: 'main', image: 'app:1', resources: { requests: { cpu } } }];

test('a pool makes the stock anew on another node that has made room for a more important pod', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('preempted');
  const world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: 2, images: ['app:1'], node: { capacity: { cpu: '4', memory: '8Gi', pods: '10' } } },
    collectedKinds: [Pod, ...penstockKinds],
  });
  const { cluster } = world;
  await clock.settle(installCrds(cluster, clock), minute);
  const operator = createOperator({ cluster, clock, random, logger: silentLogger });
  await clock.settle(Promise.all([world.start(), operator.start()]), minute);
  const { spec } = aPool({ replicas: 2, template: { spec: { containers: containers('1') } } });
  await cluster.create(ContainerPool, { metadata: { namespace, name: 'pool' }, spec });
  await clock.advance(minute);
  const stock = async () => (await cluster.list(Pod, { namespace, labels: `${labels.pool}=pool` })).items;
  const nodesOf = async () => (await stock()).map(({ spec: { nodeName } = {} }) => nodeName ?? '').sort();
  const [first = '', second = ''] = await nodesOf();
  expect(first).not.toBe(second);

  await cluster.create(Pod, {
    metadata: { namespace, name: 'important' },
    spec: { priority: 10, containers: containers('4'), nodeSelector: { 'kubernetes.io/hostname': first } },
  });
  await clock.advance(2 * minute);
  expect((await cluster.get(Pod, { namespace, name: 'important' })).spec?.nodeName).toBe(first);
  expect(await nodesOf()).toEqual([second, second]);
  const pool = await cluster.get(ContainerPool, { namespace, name: 'pool' });
  expect(pool.status).toMatchObject({ ready: 2 });
  operator.kill();
  world.nodes.kill();
  await clock.settle(world.stop(), minute);
});
