import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import { annotations, labels, states } from '../../src/api/names.js';
import { installCrds } from '../../src/cluster/crds.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { aPool } from '../objects.js';

const namespace = 'default';
const clock = new WallClock();
const random = seededRandom('two operators');
const logger = silentLogger;

describe.skipIf(lacks(controlPlane, 'two operators on a real API server'))(
  'two operators that are active at once',
  () => {
    let plane: ControlPlane;
    let connections: Connection[] = [];
    let managers: Manager[] = [];
    let nodes: SimulatedNodes;

    const connection = async () => {
      const made = await connect({ kubeconfig: plane.kubeconfig }, { clock, logger });
      connections = [...connections, made];
      return made.cluster;
    };

    beforeAll(async () => {
      plane = await ControlPlane.start();
      const cluster = await connection();
      await installCrds(cluster, clock);
      const scheduling = createManager({ cluster, clock, random: random.split('scheduler'), logger });
      builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
      nodes = new SimulatedNodes({ cluster, clock, random, logger, count: 5, profile: instant });
      const operators = await Promise.all(
        ['first', 'second'].map(async (name) =>
          createOperator({ cluster: await connection(), clock, random: random.split(name), logger }),
        ),
      );
      managers = [scheduling, ...operators];
      await nodes.start();
      await Promise.all(managers.map((manager) => manager.start()));
    });

    afterAll(async () => {
      for (const manager of managers) manager.kill();
      nodes?.kill();
      for (const made of connections) made.close();
      await plane?.stop();
    });

    it('deliver every container of a short stock once, each with a number of its own', async () => {
      const { cluster } = connections[0]!;
      const pool = { namespace, name: 'short' };
      await cluster.create(ContainerPool, { metadata: pool, spec: aPool({ replicas: 100 }).spec });
      await expect
        .poll(async () => (await cluster.get(ContainerPool, pool)).status?.ready, { timeout: 60_000 })
        .toBe(100);
      await cluster.patch(ContainerPool, pool, mergePatch({ spec: { refill: { paused: true } } }));
      await expect
        .poll(async () => (await cluster.get(ContainerPool, pool)).status?.observedGeneration, { timeout: 20_000 })
        .toBe(2);

      const claims = ['one', 'two'];
      await Promise.all(
        claims.map((name) =>
          cluster.create(ContainerClaim, {
            metadata: { name, namespace },
            spec: { pool: { name: 'short' }, items: [{ name: 'job', count: 60 }], minAvailable: 0, whenEmpty: 'Wait' },
          }),
        ),
      );
      const allocated = async () => {
        const found = await Promise.all(claims.map((name) => cluster.get(ContainerClaim, { namespace, name })));
        return found.reduce((sum, { status }) => sum + (status?.allocated ?? 0), 0);
      };
      await expect.poll(allocated, { timeout: 60_000 }).toBe(100);

      const { items } = await cluster.list(Pod, { namespace });
      expect(items.map(({ metadata }) => metadata.labels?.[labels.state])).toEqual(
        Array.from({ length: 100 }, () => states.delivered),
      );
      const numbers = items.map(
        ({ metadata }) =>
          `${metadata.annotations?.[annotations.claimUid]} ${metadata.annotations?.[annotations.index]}`,
      );
      expect(new Set(numbers).size).toBe(100);
    });
  },
);
