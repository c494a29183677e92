/** Deployments from stock on a real API server with the controllers of Kubernetes; only the nodes are simulated. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from '../../src/api/administration.js';
import { Namespace } from '../../src/api/kubernetes.js';
import { annotations } from '../../src/api/names.js';
import { gatePolicies } from '../../src/api/policies/gate.js';
import { installCrds } from '../../src/cluster/crds.js';
import { type Connection, connect } from '../../src/cluster/kubernetes/index.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { realistic, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { isGated } from '../../src/line/index.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { containerIds, type Gate, Scene } from './scene.js';

const clock = new WallClock();
const random = seededRandom('deployments');
const logger = silentLogger;
const patience = { timeout: 60_000, interval: 50 };

describe.skipIf(lacks(controlPlaneWithControllers, 'Deployments from stock on a real API server'))(
  'a Deployment on a real API server',
  () => {
    let plane: ControlPlane;
    let connection: Connection;
    let scheduling: Manager;
    let operators: Manager[] = [];
    let nodes: SimulatedNodes;
    /** Without the policy, on an older server, templates bring the gate themselves. */
    let gate: Gate = 'annotation';

    const start = async (name: string): Promise<Manager> => {
      const operator = createOperator({ cluster: connection.cluster, clock, random: random.split(name), logger });
      operators = [...operators, operator];
      await operator.start();
      return operator;
    };
    const end = () => {
      for (const operator of operators) operator.kill();
      operators = [];
    };
    afterEach(end);

    /** In a namespace of its own: Deployment and pool, with `stock` containers ready and no more to come. */
    const scene = async (name: string, options: { readonly replicas: number; readonly stock: number; gate?: Gate }) => {
      const { cluster } = connection;
      await cluster.create(Namespace, { metadata: { name } });
      const made = new Scene({ cluster, namespace: name, image: 'web:1' });
      await made.deploy(options.replicas, options.gate ? { gate: options.gate } : {});
      await expect.poll(() => made.isRolledOut(), patience).toBe(true);
      await made.stock(options.stock);
      await expect.poll(async () => (await made.inStock()).length, patience).toBe(options.stock);
      await made.pauseRefill();
      return { scene: made, stocked: new Set(await made.inStock()) };
    };

    const fromStock = async (made: Scene, stocked: ReadonlySet<string>) =>
      (await made.replicas()).flatMap(containerIds).filter((id) => stocked.has(id)).length;

    beforeAll(async () => {
      plane = await ControlPlane.start({ controllers: true });
      connection = await connect({ kubeconfig: plane.kubeconfig }, { clock, logger });
      const { cluster } = connection;
      await installCrds(cluster, clock);
      if (await serves(cluster, MutatingAdmissionPolicy)) {
        const [policy, binding] = gatePolicies;
        await cluster.create(MutatingAdmissionPolicy, policy);
        await cluster.create(MutatingAdmissionPolicyBinding, binding);
      } else gate = 'template';
      scheduling = createManager({ cluster, clock, random: random.split('scheduler'), logger });
      builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
      const slow = { ...realistic, sandbox: { median: 2500, sigma: 0 } };
      nodes = new SimulatedNodes({
        cluster,
        clock,
        random,
        logger,
        count: 5,
        profile: slow,
        images: ['web:1', 'web:2'],
      });
      await Promise.all([scheduling.start(), nodes.start()]);
    });

    afterAll(async () => {
      end();
      scheduling?.kill();
      nodes?.kill();
      connection?.close();
      await plane?.stop();
    });

    it('takes its new replicas from stock, and gives them back to nobody', async () => {
      await start('plain');
      const { scene: web, stocked } = await scene('plain', { replicas: 3, stock: 20 });
      await web.scale(20);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(17);
      await expect.poll(async () => (await web.pool()).status?.delivered, patience).toBe(17);
      expect((await web.pool()).status).toMatchObject({ hitRate: '100.0%', ready: 3 });

      await web.scale(5);
      await expect.poll(async () => (await web.replicas()).length, patience).toBe(5);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await web.inStock()).toHaveLength(3);
    });

    it('waits at the gate, where it is asked to, for what the stock has', async () => {
      await start('gated');
      const { scene: web, stocked } = await scene('gated', { replicas: 2, stock: 10, gate });
      await web.scale(12);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(10);
      // none of those that had to go was started for nothing
      expect((await web.pods()).filter((pod) => pod.metadata.deletionTimestamp && pod.status?.startTime)).toEqual([]);
      // the stock is empty now: the rest starts cold
      await web.scale(14);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(10);
      await expect.poll(async () => (await web.pool()).status?.hitRate, patience).toBe('83.3%');
    });

    it('is held up by the gate while no operator runs, and let go by the next one', async () => {
      const { cluster } = connection;
      await cluster.create(Namespace, { metadata: { name: 'down' } });
      const web = new Scene({ cluster, namespace: 'down', image: 'web:1' });
      await web.deploy(3, { gate, annotated: false });
      await expect.poll(async () => (await web.replicas()).filter(isGated).length, patience).toBe(3);
      await start('late');
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
    });

    it('is an ordinary one without the operator', async () => {
      await start('first');
      const { scene: web, stocked } = await scene('dead', { replicas: 2, stock: 3 });
      await web.scale(4);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(2);
      end();
      await web.scale(8);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(2);
      await web.scale(1);
      await expect.poll(async () => (await web.replicas()).length, patience).toBe(1);
    });

    it('rolls out with the stock of the new template, once there is one', async () => {
      await start('roll-out');
      const { scene: web } = await scene('roll-out', { replicas: 3, stock: 4 });
      await web.rollOut('web:2');
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      await web.resumeRefill();
      await expect.poll(async () => (await web.stockImages()).join(), patience).toBe('web:2,web:2,web:2,web:2');
      await expect.poll(async () => (await web.inStock()).length, patience).toBe(4);
      await web.pauseRefill();
      const stocked = new Set(await web.inStock());
      await web.scale(7);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(4);
    });

    it('takes part from when it is annotated, also while its roll-out is held', async () => {
      await start('held');
      const { cluster } = connection;
      await cluster.create(Namespace, { metadata: { name: 'held' } });
      const web = new Scene({ cluster, namespace: 'held', image: 'web:1' });
      await web.deploy(1, { annotated: false });
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      await web.holdRollOut(true);
      await web.stock(3);
      await web.annotate('web');
      await expect.poll(async () => (await web.inStock()).length, patience).toBe(3);
      await web.pauseRefill();
      const stocked = new Set(await web.inStock());
      await web.scale(4);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(3);
    });

    it('is served by two operators at once as by one', async () => {
      await Promise.all([start('one'), start('two')]);
      const { scene: web, stocked } = await scene('two', { replicas: 2, stock: 30 });
      await web.scale(22);
      await expect.poll(() => web.isRolledOut(), patience).toBe(true);
      expect(await fromStock(web, stocked)).toBe(20);
      expect(await web.inStock()).toHaveLength(10);
      const [first] = await web.replicas();
      expect(first?.metadata.annotations?.[annotations.safeToEvict]).toBeUndefined();
    });
  },
);
