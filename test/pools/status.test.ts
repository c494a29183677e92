/** What pools say of themselves while their server is slow. */
import { expect, test } from 'vitest';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { installCrds } from '../../src/cluster/crds.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { createOperator } from '../../src/operator/index.js';
import { isReady, isStocked } from '../../src/line/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { minute, second } from '../../src/support/time.js';
import { VirtualClock } from '../../src/support/virtual-clock.js';
import { aPool } from '../objects.js';
import { wrapped } from '../wrapped-cluster.js';

const namespace = 'default';
const at = { namespace, name: 'pool' };

test('the status is never two seconds behind the truth, however long a refill takes', async () => {
  const clock = new VirtualClock();
  const random = seededRandom('slow');
  const world = createEmbeddedWorld({ clock, random, nodes: { count: 4 } });
  const { cluster } = world;
  await clock.settle(installCrds(cluster, clock), minute);
  // each creation of a container takes a second, so that 80 of them keep a reconcile for twenty
  const slow = wrapped(cluster, {
    create: async (kind, object, options) => {
      if (kind.name === Pod.name) await clock.sleep(second);
      return cluster.create(kind, object, options);
    },
  });
  const operator = createOperator({ cluster: slow, clock, random, logger: silentLogger });
  await clock.settle(Promise.all([world.start(), operator.start()]), minute);
  const { spec } = aPool({ replicas: 80, refill: { paused: false, maxStarting: 80, startDeadline: '5m' } });
  await cluster.create(ContainerPool, { metadata: at, spec });

  const truth: number[] = [];
  const late: string[] = [];
  for (let half = 0; half < 120; half++) {
    await clock.advance(second / 2);
    const { items } = await cluster.list(Pod, { namespace });
    truth.push(items.filter((pod) => isStocked(pod) && isReady(pod)).length);
    const said = (await cluster.get(ContainerPool, at)).status?.ready ?? 0;
    const lately = truth.slice(-4);
    if (said < Math.min(...lately) || said > Math.max(...lately))
      late.push(`${half / 2} s: ${said}, not ${lately.join()}`);
  }
  expect(late).toEqual([]);
  expect(truth.at(-1)).toBe(80);
  // it was seen on the way
  expect(new Set(truth).size).toBeGreaterThan(10);
  operator.kill();
  world.nodes.kill();
  await clock.settle(world.stop(), minute);
});
