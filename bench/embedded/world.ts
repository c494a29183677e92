import { customResourceDefinitions } from '../../src/api/crds.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { CustomResourceDefinition } from '../../src/api/kubernetes.js';
import { createEmbeddedWorld } from '../../src/embedded/index.js';
import { instant } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { until } from '../measure.js';
import { namespace, poolDraft } from '../objects.js';

/** A cluster with simulated nodes that start pods at once, the operator, and a pool that has `replicas` in stock. */
export async function stockedWorld(replicas: number, nodes: number) {
  const clock = new WallClock();
  const random = seededRandom(1);
  const world = createEmbeddedWorld({
    clock,
    random,
    nodes: { count: nodes, profile: instant },
    store: { frozen: false },
  });
  for (const crd of customResourceDefinitions) await world.cluster.create(CustomResourceDefinition, crd);
  await world.start();
  const operator = createOperator({
    cluster: world.cluster,
    clock,
    random: random.split('operator'),
    logger: silentLogger,
  });
  await operator.start();
  await world.cluster.create(ContainerPool, poolDraft('bench', replicas));
  await until(
    'the stock',
    async () => ((await world.cluster.get(ContainerPool, { namespace, name: 'bench' })).status?.ready ?? 0) >= replicas,
  );
  const stop = async () => {
    await operator.stop();
    await world.stop();
  };
  return { cluster: world.cluster, stop };
}
