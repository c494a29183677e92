/** Gangs by the PodGroups of a real API server: what the embedded cluster has a definition for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Node, Pod } from '../../src/api/kubernetes.js';
import { PodGroup } from '../../src/api/pod-group.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { createScheduler } from '../../src/operator/index.js';
import type { Manager } from '../../src/runtime/index.js';
import { servesPodGroups } from '../../src/scheduler/index.js';
import { createScorePolicy } from '../../src/scheduling/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { clock, clusterAsAdmin } from '../install/as.js';
import { createPodGroup, podGroupFlags } from './pod-group.js';

const namespace = 'default';
const schedulerName = 'penstock-scheduler';
const patience = { timeout: 30_000, interval: 50 };

describe.skipIf(lacks(controlPlane, 'PodGroups of a real API server'))('a real API server', () => {
  let plane: ControlPlane;
  let cluster: KubernetesCluster;
  let manager: Manager;
  let isServed: boolean;

  const create = (name: string, podGroupName: string) =>
    cluster.create(Pod, {
      metadata: { namespace, name },
      spec: {
        schedulerName,
        schedulingGroup: { podGroupName },
        containers: [{ name: 'main', image: 'app:1', resources: { requests: { cpu: '1' } } }],
      },
    });
  const stateOf = async (name: string) => {
    const { spec, status } = await cluster.get(Pod, { namespace, name });
    return spec?.nodeName ?? status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
  };
  const conditionsOf = async (name: string) =>
    (await cluster.get(PodGroup, { namespace, name })).status?.conditions?.map(
      ({ type, status, reason }) => `${type} ${status} ${reason}`,
    );

  beforeAll(async () => {
    plane = await ControlPlane.start({ apiServerFlags: podGroupFlags() });
    cluster = clusterAsAdmin(plane);
    isServed = await servesPodGroups({ cluster, clock, logger: silentLogger }, new AbortController().signal);
    const allocatable = { cpu: '3', memory: '8Gi', pods: '10' };
    await cluster.create(Node, { metadata: { name: 'n' } });
    await cluster.patch(Node, { name: 'n' }, mergePatch({ status: { allocatable, capacity: allocatable } }), {
      subresource: 'status',
    });
    ({ manager } = createScheduler({
      cluster,
      clock,
      random: seededRandom(1),
      logger: silentLogger,
      watchesPodGroups: isServed,
      profiles: [{ schedulerName, policy: createScorePolicy('balance') }],
    }));
    await manager.start();
  });
  afterAll(async () => {
    await manager?.stop();
    cluster?.close();
    await plane?.stop();
  });

  test('has its PodGroups bound as a whole, once they are there and fit', async ({ skip }) => {
    skip(!isServed, 'the server has no PodGroups');
    await create('a', 'g');
    await expect.poll(() => stateOf('a'), patience).toBe('pod group default/g does not exist');
    await createPodGroup(cluster, namespace, 'g', { gang: { minCount: 2 } });
    const waiting = 'pod group default/g has 1 of the 2 pods that it needs';
    await expect.poll(() => stateOf('a'), patience).toBe(waiting);
    await expect.poll(() => conditionsOf('g'), patience).toEqual(['PodGroupInitiallyScheduled False Unschedulable']);
    await create('b', 'g');
    await expect.poll(() => Promise.all(['a', 'b'].map(stateOf)), patience).toEqual(['n', 'n']);
    await expect.poll(() => conditionsOf('g'), patience).toEqual(['PodGroupInitiallyScheduled True Scheduled']);
  });

  test('has no pod of a PodGroup bound that does not fit as a whole', async ({ skip }) => {
    skip(!isServed, 'the server has no PodGroups');
    await createPodGroup(cluster, namespace, 'large', { gang: { minCount: 2 } });
    await create('c', 'large');
    await create('d', 'large');
    const message = 'pod group default/large does not fit as a whole: 0/1 nodes are available: 1 Insufficient cpu.';
    await expect.poll(() => Promise.all(['c', 'd'].map(stateOf)), patience).toEqual([message, message]);
  });
});
