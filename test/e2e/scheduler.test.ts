/**
 * `penstock scheduler` beside kube-scheduler, with the use of a real node read from its real kubelet: a node that is busy and has
 * promised little, and one that has promised nearly all and is idle. The second has no kubelet but one that reports idleness.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClusterRole, ClusterRoleBinding } from '../../src/api/administration.js';
import { Node, Pod, type PodSpec, ServiceAccount } from '../../src/api/kubernetes.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { ruleOf } from '../../src/install/rights/right.js';
import { kubeletRights } from '../../src/scheduler/use/index.js';
import { Companion } from '../control-plane/process.js';
import { image, lacks } from './environment.js';
import { type IdleKubelet, startIdleKubelet } from './idle-kubelet.js';
import { Place } from './place.js';

const reader = 'use-reader';
const configuration = (schedulerName: string) => `
apiVersion: scheduler.penstock.dev/v1alpha1
kind: SchedulerConfiguration
profiles:
  - schedulerName: ${schedulerName}
use:
  source: kubelet
  serviceAccount: ${reader}
  insecureSkipTLSVerify: true
  interval: 3s
  window: 30s
`;

describe.skipIf(lacks('the scheduler'))('The scheduler, beside kube-scheduler', () => {
  let place: Place;
  let kubelet: IdleKubelet;
  let scheduler: Companion;
  let folder: string;
  let hot: string;
  let idle: string;

  beforeAll(async () => {
    place = await Place.open('scheduler');
    const { cluster, namespace } = place;
    const { items } = await cluster.list(Node);
    const [real] = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    hot = real?.metadata.name ?? '';
    idle = `${namespace}-idle`;
    kubelet = await startIdleKubelet(idle);
    await account();
    await addIdleNode(real);
    await busy();
    folder = mkdtempSync(join(tmpdir(), 'penstock-scheduler-'));
    writeFileSync(join(folder, 'scheduler.yaml'), configuration(namespace));
    const flags = [
      '--config',
      join(folder, 'scheduler.yaml'),
      '--metrics-port',
      '0',
      '--health-port',
      '0',
      '--log-level',
      'debug',
    ];
    scheduler = new Companion(
      'penstock scheduler',
      process.execPath,
      [resolve('dist/cli/main.js'), 'scheduler', '--kubeconfig', place.kubeconfig, '--namespace', namespace, ...flags],
      join(folder, 'scheduler.log'),
    );
    scheduler.start();
  });

  afterAll(async () => {
    await scheduler?.stop();
    await kubelet?.[Symbol.asyncDispose]();
    if (folder) rmSync(folder, { recursive: true, force: true });
    if (!place) return;
    const { cluster, namespace } = place;
    await cluster.remove(Node, { name: idle }).catch(() => undefined);
    for (const kind of [ClusterRoleBinding, ClusterRole])
      await cluster.remove(kind, { name: namespace }).catch(() => undefined);
    await place.close();
  });

  /** As which kubelets are asked. */
  async function account(): Promise<void> {
    const { cluster, namespace } = place;
    await cluster.create(ServiceAccount, { metadata: { namespace, name: reader } });
    await cluster.create(ClusterRole, { metadata: { name: namespace }, rules: kubeletRights.map(ruleOf) });
    await cluster.create(ClusterRoleBinding, {
      metadata: { name: namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace },
      subjects: [{ kind: 'ServiceAccount', namespace, name: reader }],
    });
  }

  /** A node as large as the real one, of which nine tenths are promised. */
  async function addIdleNode(real: Node | undefined): Promise<void> {
    const { cluster, namespace } = place;
    const { allocatable = {}, capacity = {} } = real?.status ?? {};
    await cluster.create(Node, { metadata: { name: idle, labels: { 'kubernetes.io/hostname': idle } } });
    const status = {
      allocatable,
      capacity,
      addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubelet.port } },
    };
    await cluster.patch(Node, { name: idle }, mergePatch({ status }), { subresource: 'status' });
    const requests = { cpu: `${Math.floor(900 * Number(allocatable.cpu))}m`, memory: '1Gi' };
    await cluster.create(Pod, {
      metadata: { namespace, name: 'reserved' },
      spec: { ...spec({ requests }), nodeName: idle, tolerations },
    });
  }

  /** Uses all of the real node, having asked for nearly nothing. */
  async function busy(): Promise<void> {
    const { cluster, namespace } = place;
    const command = ['sh', '-c', 'for i in 1 2 3; do (while :; do :; done) & done; wait'];
    const one = spec({ requests: { cpu: '10m', memory: '16Mi' } });
    const containers = one.containers.map((container) => ({ ...container, command }));
    await cluster.create(Pod, { metadata: { namespace, name: 'busy' }, spec: { ...one, containers, nodeName: hot } });
    await place.untilObject(Pod, 'busy', 'to run', (pod) => pod?.status?.phase === 'Running');
  }

  // the node without a kubelet is tainted as such
  const tolerations = [{ operator: 'Exists' }];
  const spec = (resources: { requests: Record<string, string> }): PodSpec => ({
    containers: [{ name: 'main', image, command: ['sleep', '600'], resources }],
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    tolerations,
  });

  async function placed(name: string, schedulerName: string): Promise<string | undefined> {
    const { cluster, namespace } = place;
    const resources = { requests: { cpu: '10m', memory: '16Mi' } };
    await cluster.create(Pod, { metadata: { namespace, name }, spec: { ...spec(resources), schedulerName } });
    const pod = await place.untilObject(Pod, name, 'to have a node', (seen) => seen?.spec?.nodeName !== undefined);
    return pod?.spec?.nodeName;
  }

  it('keeps away from the node that is busy, to which kube-scheduler goes', async () => {
    // until the kubelets have been read twice the figures are those of one reading
    await place.clock.sleep(20_000);
    const ours: (string | undefined)[] = [];
    const theirs: (string | undefined)[] = [];
    for (let index = 0; index < 4; index++) {
      ours.push(await placed(`ours-${index}`, place.namespace));
      theirs.push(await placed(`theirs-${index}`, 'default-scheduler'));
    }
    expect({ ours, theirs }).toEqual({ ours: [idle, idle, idle, idle], theirs: [hot, hot, hot, hot] });
  });

  it('says of each node why', async () => {
    const { cluster, namespace } = place;
    const requests = { cpu: '10m', memory: '16Mi' };
    await cluster.create(Pod, {
      metadata: { namespace, name: 'gated' },
      spec: { ...spec({ requests }), schedulingGates: [{ name: 'test.dev/held' }] },
    });
    const text = await place.penstock('explain', 'pod/gated', '--use', 'none', '-o', 'json');
    const { nodes } = JSON.parse(text) as {
      nodes: { node: string; score?: number; terms?: { value: number }[]; refusal?: object }[];
    };
    expect(nodes.map(({ node }) => node)).toEqual(expect.arrayContaining([hot, idle]));
    for (const { score, terms = [], refusal } of nodes) {
      expect((score === undefined) === (refusal !== undefined)).toBe(true);
      expect(terms.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(score ?? 0, 9);
    }
  });
});
