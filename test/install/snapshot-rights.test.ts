/** A snapshot with the rights that the documentation lists, and no others, on a real API server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterRole, ClusterRoleBinding, PodDisruptionBudget } from '../../src/api/administration.js';
import { customResourceDefinitions } from '../../src/api/crds.js';
import { CustomResourceDefinition, Namespace, Node, Pod, Secret, ServiceAccount } from '../../src/api/kubernetes.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { ruleOf } from '../../src/install/rights/right.js';
import { metricsApiPodRights, metricsApiRights } from '../../src/scheduler/index.js';
import { snapshotRights } from '../../src/simulation/cluster-snapshot/rights.js';
import { openSnapshot, type SnapshotSummary, summarize } from '../../src/simulation/index.js';
import { Files, penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { callsOf } from '../control-plane/calls.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { allows } from './allows.js';
import { clock, clusterAsAdmin } from './as.js';
import { Meter, metricsDefinitions } from './meter.js';
import { tokenOf } from './server.js';

const namespace = 'team';
const account = 'reader';
const user = `system:serviceaccount:${namespace}:${account}`;
const granted = [...snapshotRights, ...metricsApiRights, ...metricsApiPodRights];

describe.skipIf(lacks(controlPlaneWithControllers, 'the rights of a snapshot'))('a snapshot', () => {
  const files = new Files();
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let meter: Meter;
  let kubeconfig: string;

  const grant = (rights: typeof granted) => ({
    metadata: { name: account },
    rules: rights.map((right) => ruleOf(right)),
  });
  const take = async (
    ...words: readonly string[]
  ): Promise<{ readonly stderr: string; readonly summary: SnapshotSummary }> => {
    const file = files.pathOf(`${words.length}.snapshot`);
    const { exitCode, stderr } = await penstock(['snapshot', '-o', file, '--kubeconfig', kubeconfig, ...words]);
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    return { stderr, summary: await summarize(await openSnapshot(file)) };
  };

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, audit: true });
    admin = clusterAsAdmin(plane);
    for (const definition of [...metricsDefinitions, ...customResourceDefinitions])
      await admin.create(CustomResourceDefinition, definition);
    await admin.create(Namespace, { metadata: { name: namespace } });
    await admin.create(ServiceAccount, { metadata: { namespace, name: account } });
    await admin.create(ClusterRole, grant(granted));
    await admin.create(ClusterRoleBinding, {
      metadata: { name: account },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: account },
      subjects: [{ kind: 'ServiceAccount', namespace, name: account }],
    });
    await admin.create(Node, { metadata: { name: 'n0' } });
    await admin.create(Secret, { metadata: { namespace, name: 's' }, stringData: { key: 'planted' } });
    const container = { name: 'main', image: 'a:1', env: [{ name: 'A', value: 'planted' }] };
    await admin.create(Pod, {
      metadata: { namespace, name: 'p0', labels: { app: 'web' } },
      spec: { nodeName: 'n0', containers: [container] },
    });
    await admin.create(PodDisruptionBudget, {
      metadata: { namespace, name: 'web' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    });
    meter = new Meter(admin, namespace, ['n0']);
    meter.start();
    kubeconfig = plane.kubeconfigOf(await tokenOf(admin, namespace, account), 'reader.kubeconfig');
  });
  afterAll(async () => {
    await meter?.stop();
    admin?.close();
    files.end();
    await plane?.stop();
  });

  test('is taken with them, and with its course', async () => {
    // the server knows the new kinds, and the meter has measured
    await expect
      .poll(async () => (await take()).summary.end, { timeout: 30_000, interval: 500 })
      .toMatchObject({ lacking: [], objects: { ContainerPool: 0 } });
    const later = clock.sleep(1500).then(() =>
      admin.create(Pod, {
        metadata: { namespace, name: 'p1' },
        spec: { containers: [{ name: 'main', image: 'a:1' }] },
      }),
    );
    const { summary } = await take('--watch', '4s');
    await later;
    expect(summary.end).toMatchObject({ lacking: [], objects: { Node: 1, Pod: 1, PodDisruptionBudget: 1 } });
    expect(summary.course.added).toBe(1);
    expect(summary.resources).toEqual({});
    expect(summary.header.server).toMatch(/^v1\.\d+/);
  });

  test('asks for all of them, and for nothing else', () => {
    const calls = callsOf(user, plane.auditLog);
    expect(calls.filter((call) => !granted.some((right) => allows(right, call)))).toEqual([]);
    for (const right of granted)
      for (const verb of right.verbs)
        expect({
          right: `${verb} ${right.resource}`,
          used: calls.some((call) => allows({ ...right, verbs: [verb] }, call)),
        }).toEqual({
          right: `${verb} ${right.resource}`,
          used: true,
        });
  });

  test('goes on without one, and says what is lacking', async () => {
    const { metadata } = await admin.get(ClusterRole, { name: account });
    const less = grant(granted.filter(({ resource }) => resource !== 'poddisruptionbudgets'));
    await admin.replace(ClusterRole, {
      ...less,
      metadata,
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
    });
    await expect
      .poll(async () => (await take('--anonymous')).stderr, { timeout: 20_000, interval: 300 })
      .toContain('warning: poddisruptionbudgets may not be listed: every pod counts as one that may be evicted');
    const { summary } = await take('--anonymous');
    expect(summary.end.lacking).toHaveLength(1);
    expect(summary.header.anonymous).toBe(true);
  });

  test('is none without pods, and says which right it needs', async () => {
    const { metadata } = await admin.get(ClusterRole, { name: account });
    const less = grant(granted.filter(({ resource, group }) => !(resource === 'pods' && group === '')));
    await admin.replace(ClusterRole, {
      ...less,
      metadata,
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
    });
    const file = files.pathOf('none.snapshot');
    await expect
      .poll(async () => (await penstock(['snapshot', '-o', file, '--kubeconfig', kubeconfig])).stderr, {
        timeout: 20_000,
        interval: 300,
      })
      .toContain('cannot list resource "pods"');
  });
});
