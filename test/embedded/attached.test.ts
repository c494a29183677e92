import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PodDisruptionBudget } from '../../src/api/administration.js';
import { Deployment, Lease, Node, Pod, ReplicaSet } from '../../src/api/kubernetes.js';
import { fixedCredentials, KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { realistic, SimulatedNodes, simulatedLabel } from '../../src/embedded/nodes/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { WallClock } from '../../src/support/wall-clock.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { conditionOf, containerOf, inDefault, podDraft } from './harness.js';

// a control plane of its own, without kube-controller-manager: the built-in controllers stand in for it
describe.skipIf(lacks(controlPlane, 'simulated nodes and built-in controllers on a real API server'))(
  'attached',
  () => {
    const clock = new WallClock();
    const random = seededRandom('attached');
    let plane: ControlPlane;
    let cluster: KubernetesCluster;
    let manager: Manager;
    let nodes: SimulatedNodes;

    beforeAll(async () => {
      plane = await ControlPlane.start();
      const credentials = fixedCredentials({
        headers: { authorization: `Bearer ${plane.adminToken}` },
        tls: { ca: plane.ca },
      });
      cluster = new KubernetesCluster({ server: plane.url, credentials, clock, logger: silentLogger });
      manager = createManager({ cluster, clock, random: random.split('controllers'), logger: silentLogger });
      builtInControllers({ manager, clock, schedulerNames: ['penstock-demo'] });
      const taint = { key: simulatedLabel, value: 'demo', effect: 'NoSchedule' };
      const capacity = { cpu: '4', memory: '8Gi', pods: '20' };
      const profile = { ...realistic, readiness: { median: 100, sigma: 0 } };
      nodes = new SimulatedNodes({
        cluster,
        clock,
        random,
        count: 3,
        name: 'demo',
        node: { capacity, taints: [taint] },
        profile,
        images: ['web:1'],
      });
      await Promise.all([manager.start(), nodes.start()]);
    });

    afterAll(async () => {
      await nodes.stop();
      await manager.stop();
      cluster.close();
      await plane.stop();
    });

    const until = async (condition: () => Promise<boolean>): Promise<void> => {
      while (!(await condition())) await clock.sleep(50);
    };
    const ready = async (name: string) => conditionOf(await cluster.get(Pod, inDefault(name)), 'Ready') === 'True';
    const ours = {
      schedulerName: 'penstock-demo',
      tolerations: [{ key: simulatedLabel, operator: 'Exists' }],
      automountServiceAccountToken: false,
    };

    test('nodes are Ready and renew their Leases', async () => {
      await until(async () =>
        (await cluster.list(Node)).items.every((node) => conditionOf(node, 'Ready') === 'True/KubeletReady'),
      );
      const leases = async () => (await cluster.list(Lease, { namespace: 'kube-node-lease' })).items;
      await until(async () => (await leases()).length === 3);
      expect((await leases()).map(({ metadata }) => metadata.name)).toEqual(nodes.names);
    });

    test('a pod runs, is resized in place and ends within its grace', async () => {
      await cluster.create(Pod, podDraft('a', { spec: ours }));
      await until(() => ready('a'));
      const before = await cluster.get(Pod, inDefault('a'));
      expect(before.status).toMatchObject({
        phase: 'Running',
        podIP: expect.stringMatching(/^10\./),
        hostIP: expect.stringMatching(/^172\./),
      });
      const containers = [{ ...before.spec?.containers[0], resources: { requests: { cpu: '250m', memory: '64Mi' } } }];
      await cluster.patch(Pod, inDefault('a'), mergePatch({ spec: { containers } }), { subresource: 'resize' });
      const size = async () =>
        (await cluster.get(Pod, inDefault('a'))).status?.containerStatuses?.[0]?.resources?.requests?.cpu;
      await until(async () => (await size()) === '250m');
      await cluster.remove(Pod, inDefault('a'));
      await until(async () => (await cluster.list(Pod, { namespace: 'default' })).items.length === 0);
    });

    test('once nothing changes any more, nothing is written but heartbeats', async () => {
      await cluster.create(Pod, podDraft('quiet', { spec: ours }));
      await until(() => ready('quiet'));
      const { metadata } = await cluster.get(Pod, inDefault('quiet'));
      await clock.sleep(1500);
      expect((await cluster.get(Pod, inDefault('quiet'))).metadata.resourceVersion).toBe(metadata.resourceVersion);
      await cluster.remove(Pod, inDefault('quiet'));
    });

    test('a disruption budget counts the pods of a Deployment, and is left alone when nothing changes', async () => {
      const labels = { app: 'guarded' };
      const selector = { matchLabels: labels };
      const budget = inDefault('guarded');
      await cluster.create(PodDisruptionBudget, { metadata: budget, spec: { selector, maxUnavailable: '30%' } });
      const template = { metadata: { labels }, spec: { ...ours, containers: [containerOf({ image: 'web:1' })] } };
      await cluster.create(Deployment, { metadata: budget, spec: { replicas: 2, selector, template } });
      const read = () => cluster.get(PodDisruptionBudget, budget);
      await until(async () => (await read()).status?.disruptionsAllowed === 1);
      await clock.sleep(500);
      const { metadata, status } = await read();
      expect(status).toMatchObject({ expectedPods: 2, currentHealthy: 2, desiredHealthy: 1 });
      await clock.sleep(1500);
      expect((await read()).metadata.resourceVersion).toBe(metadata.resourceVersion);
      await cluster.remove(Deployment, budget);
      await until(async () => (await cluster.list(Pod, { labels: 'app=guarded' })).items.length === 0);
    });

    test('a Deployment is rolled out, and collected when it is deleted', async () => {
      const labels = { app: 'web' };
      const template = (image: string) => ({
        metadata: { labels },
        spec: { ...ours, containers: [containerOf({ image })] },
      });
      const spec = { replicas: 4, selector: { matchLabels: labels }, template: template('web:1') };
      await cluster.create(Deployment, { metadata: inDefault('web'), spec });
      const rolledOut = async () => {
        const deployment = await cluster.get(Deployment, inDefault('web'));
        const { observedGeneration, updatedReplicas, availableReplicas, replicas } = deployment.status ?? {};
        return (
          observedGeneration === deployment.metadata.generation &&
          [updatedReplicas, availableReplicas, replicas].every((count) => count === 4)
        );
      };
      await until(rolledOut);
      await cluster.patch(Deployment, inDefault('web'), mergePatch({ spec: { template: template('web:2') } }));
      await until(rolledOut);
      await until(
        async () =>
          conditionOf(await cluster.get(Deployment, inDefault('web')), 'Progressing') === 'True/NewReplicaSetAvailable',
      );
      expect((await cluster.list(ReplicaSet, { namespace: 'default' })).items).toHaveLength(2);
      await cluster.remove(Deployment, inDefault('web'), { propagation: 'Foreground' });
      const here = { namespace: 'default' };
      await until(async () => (await cluster.list(Deployment, here)).items.length === 0);
      await until(async () => (await cluster.list(ReplicaSet, here)).items.length === 0);
      await until(async () => (await cluster.list(Pod, here)).items.length === 0);
    });

    test('removed, the nodes leave nothing behind', async () => {
      await nodes.remove();
      expect((await cluster.list(Node)).items).toEqual([]);
      expect((await cluster.list(Lease, { namespace: 'kube-node-lease' })).items).toEqual([]);
    });
  },
);
