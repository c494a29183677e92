/** A pool that sizes itself on a real API server, by an operator that has the rights of an installed one and no others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterRole } from '../../src/api/administration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { autoscaleWithin } from '../../src/api/container-pool-schema.js';
import { ConfigMap, Event, Namespace, ServiceAccount } from '../../src/api/kubernetes.js';
import { Forbidden, NotFound } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { operatorName, serviceAccountUser } from '../../src/install/names.js';
import { createOperator } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { clock, clusterAs, clusterAsAdmin } from '../install/as.js';
import { aPool } from '../objects.js';

const random = seededRandom('sized');
const logger = silentLogger;
const namespace = 'team';
const pool = { namespace, name: 'sized' };
const autoscale = autoscaleWithin({ min: 1, max: 8 });
const patience = { timeout: 60_000, interval: 50 };

describe.skipIf(lacks(controlPlaneWithControllers, 'sized pools on a real API server'))(
  'a pool that sizes itself',
  () => {
    let plane: ControlPlane;
    let admin: KubernetesCluster;
    let own: KubernetesCluster;
    let nodes: SimulatedNodes;
    let scheduling: Manager;
    let operator: Manager;

    beforeAll(async () => {
      plane = await ControlPlane.start({ controllers: true, serviceAccounts: true });
      admin = clusterAsAdmin(plane);
      own = clusterAs(plane, { user: serviceAccountUser(defaultNamespace) });
      const placement = { namespace: defaultNamespace, image: 'penstock:test', replicas: 0, version: '0.0.0' };
      await install(admin, clock, placement, () => {});
      await admin.create(Namespace, { metadata: { name: namespace } });
      const account = () => admin.get(ServiceAccount, { namespace, name: 'default' }).catch(unlessMissing);
      for (let tries = 0; tries < 600 && !(await account()); tries++) await clock.sleep(50);
      scheduling = createManager({ cluster: admin, clock, random: random.split('scheduler'), logger });
      builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
      nodes = new SimulatedNodes({ cluster: admin, clock, random, count: 2, profile: instant });
      operator = startable();
      await Promise.all([scheduling, nodes, operator].map((part) => part.start()));
    });
    afterAll(async () => {
      await Promise.all([operator, nodes, scheduling].map((part) => part.stop()));
      for (const cluster of [own, admin]) cluster.close();
      await plane.stop();
    });

    const startable = () => createOperator({ cluster: own, clock, random: random.split('operator'), logger });
    const status = async () => (await admin.get(ContainerPool, pool)).status;

    it('begins with its start, and writes its demand down', async () => {
      await admin.create(ContainerPool, {
        metadata: pool,
        spec: aPool({ replicas: 3, autoscale }).spec,
      });
      await expect.poll(async () => (await status())?.ready, patience).toBe(3);
      expect((await status())?.sizing?.message).toMatch(/^begins with 3: /);
      const records = async () => (await admin.list(ConfigMap, { namespace })).items.map(({ metadata }) => metadata);
      await expect.poll(records, patience).toContainEqual(
        expect.objectContaining({
          name: expect.stringMatching(/^sized-demand-/),
          ownerReferences: [expect.objectContaining({ name: 'sized' })],
        }),
      );
    });

    it('makes what a claim waits for beyond that, and goes back', async () => {
      const claim = { namespace, name: 'large' };
      const spec = { pool: { name: pool.name }, items: [{ count: 7 }], whenEmpty: 'Wait' as const };
      await admin.create(ContainerClaim, { metadata: claim, spec });
      await expect.poll(async () => (await admin.get(ContainerClaim, claim)).status?.ready, patience).toBe(7);
      await expect.poll(async () => (await status())?.delivered, patience).toBe(7);
    });

    it('goes on as it was with another operator, and met no right that it lacks', async () => {
      const before = await admin.list(ConfigMap, { namespace });
      await operator.stop();
      operator = startable();
      await operator.start();
      await admin.create(ContainerClaim, {
        metadata: { namespace, name: 'small' },
        spec: { pool: { name: pool.name }, items: [{ count: 1 }], whenEmpty: 'Wait' },
      });
      await expect
        .poll(async () => (await admin.get(ContainerClaim, { namespace, name: 'small' })).status?.ready, patience)
        .toBe(1);
      expect((await admin.list(ConfigMap, { namespace })).items.length).toBe(before.items.length);
      const { items } = await admin.list(Event, { namespace });
      expect(items.filter(({ reason }) => reason === 'DemandNotKept')).toEqual([]);
    });

    it('is stocked also by an operator that may not write its demand down, which says so', async () => {
      const name = operatorName;
      const { rules = [] } = await admin.get(ClusterRole, { name });
      const others = rules.filter(({ resources }) => !resources?.includes('configmaps'));
      await admin.patch(ClusterRole, { name }, mergePatch({ rules: others }));
      const unkept = { namespace, name: 'unkept' };
      // a role takes a moment until it is in effect
      const denied = async () => own.get(ConfigMap, { namespace, name: 'none' }).catch((error: unknown) => error);
      await expect.poll(denied, patience).toBeInstanceOf(Forbidden);
      await admin.create(ContainerPool, { metadata: unkept, spec: aPool({ replicas: 2, autoscale }).spec });
      await expect.poll(async () => (await admin.get(ContainerPool, unkept)).status?.ready, patience).toBe(2);
      const complaints = async () =>
        (await admin.list(Event, { namespace })).items.filter(({ reason }) => reason === 'DemandNotKept');
      const about = async () => (await complaints()).map(({ regarding }) => regarding?.name);
      await expect.poll(about, patience).toContain('unkept');
    });
  },
);

function unlessMissing(error: unknown): undefined {
  if (!(error instanceof NotFound)) throw error;
}
