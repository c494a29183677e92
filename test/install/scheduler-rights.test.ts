/**
 * The scheduler with the rights that an installation gives it, and no others: it binds, reports and reads the use of nodes. What it
 * asked for is read from the server's audit log: nothing was refused, and no right is left over.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterRoleBinding, PriorityClass, SubjectAccessReview } from '../../src/api/administration.js';
import { Binding, ConfigMap, CustomResourceDefinition, Event, Namespace, Node, Pod } from '../../src/api/kubernetes.js';
import { kind } from '../../src/api/meta/kind.js';
import type { Resource } from '../../src/api/meta/resource.js';
import { PodGroup } from '../../src/api/pod-group.js';
import { PersistentVolumeClaim, StorageClass } from '../../src/api/storage.js';
import { NotFound } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { metricsRole, schedulerConfiguration, schedulerName, serviceAccountUser } from '../../src/install/names.js';
import { defaultFeatures } from '../../src/install/part.js';
import { qualifiedResource, type Right } from '../../src/install/rights/right.js';
import { schedulerElectionRights, schedulerRights } from '../../src/install/rights/scheduler.js';
import { defaultReaderAccount, metricsApiRights, readerTokenRights } from '../../src/scheduler/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { second, timestamp } from '../../src/support/time.js';
import { Files, penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { type Call, callsOf } from '../control-plane/calls.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { serves } from '../control-plane/serves.js';
import { createPodGroup, podGroupFlags } from '../scheduler/pod-group.js';
import { allows } from './allows.js';
import { clock, clusterAsAdmin } from './as.js';
import { tokenOf } from './server.js';

const namespace = 'team';
const home = defaultNamespace;
const user = serviceAccountUser(home, schedulerName);
const quiet = ['--log-level', 'error', '--metrics-port', '0', '--health-port', '0'];
const patience = { timeout: 30_000, interval: 50 };

/** What metrics-server serves; here the server stores what the test says. */
type NodeMetrics = Resource & { readonly timestamp: string; readonly window: string; readonly usage: object };
const NodeMetrics = kind<NodeMetrics>({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  plural: 'nodes',
  name: 'NodeMetrics',
  namespaced: false,
});

const metricsDefinition = {
  metadata: {
    name: 'nodes.metrics.k8s.io',
    annotations: { 'api-approved.kubernetes.io': 'unapproved, stands for an aggregated API in a test' },
  },
  spec: {
    group: 'metrics.k8s.io',
    scope: 'Cluster',
    names: { kind: 'NodeMetrics', plural: 'nodes' },
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};

const profiles = [{ schedulerName }, { schedulerName: 'by-requests', policy: { name: 'kube-default' } }];
const configurationWith = (use: object) =>
  JSON.stringify({ apiVersion: 'scheduler.penstock.dev/v1alpha1', kind: 'SchedulerConfiguration', profiles, use });
const fromMetrics = configurationWith({ source: 'metrics-api', interval: '1s' });
const fromKubelets = configurationWith({ source: 'kubelet', interval: '1s', disk: 'cadvisor' });

describe.skipIf(lacks(controlPlaneWithControllers, "the scheduler's rights"))("the scheduler's rights", () => {
  const files = new Files();
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let nodes: SimulatedNodes;
  let servesPodGroups: boolean;
  let running: { readonly interruption: AbortController; readonly end: ReturnType<typeof penstock> } | undefined;

  const installWith = (schedulerConfiguration: string) =>
    install(
      admin,
      clock,
      {
        namespace: home,
        image: 'penstock:test',
        replicas: 0,
        version: '0.0.0',
        schedulerConfiguration,
        features: [...defaultFeatures, 'scheduler'],
      },
      () => {},
    );
  /** With the configuration that the installation has. */
  const start = async () => {
    const { data } = await admin.get(ConfigMap, { namespace: home, name: schedulerConfiguration.configMap });
    const file = files.write('scheduler.yaml', data?.[schedulerConfiguration.file] ?? '');
    const kubeconfig = plane.kubeconfigOf(await tokenOf(admin, home, schedulerName), 'scheduler.kubeconfig');
    const interruption = new AbortController();
    const words = ['scheduler', '--config', file, '--kubeconfig', kubeconfig, '--namespace', home, ...quiet];
    running = { interruption, end: penstock(words, { interrupted: interruption.signal }) };
  };
  const stop = async () => {
    running?.interruption.abort();
    return (await running?.end)?.exitCode;
  };
  /** As metrics-server writes it of a node, of the last minute. */
  const measured = (name: string, cpu: string) => ({
    metadata: { name },
    timestamp: timestamp(clock.now()),
    window: '60s',
    usage: { cpu, memory: '4Gi' },
  });
  const createPod = (name: string, cpu: string, spec: Partial<NonNullable<Pod['spec']>> = {}) =>
    admin.create(Pod, {
      metadata: { namespace, name, labels: { app: name } },
      spec: {
        schedulerName,
        containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu, memory: '64Mi' } } }],
        ...spec,
      },
    });
  const nodeOf = async (name: string) => (await admin.get(Pod, { namespace, name })).spec?.nodeName;
  const reported = async (name: string) => {
    const { status } = await admin.get(Pod, { namespace, name });
    const condition = status?.conditions?.find(({ type }) => type === 'PodScheduled');
    return condition && `${condition.status} ${condition.reason}: ${condition.message}`;
  };
  const calls = (): readonly Call[] => callsOf(user, plane.auditLog);

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, audit: true, apiServerFlags: podGroupFlags() });
    admin = clusterAsAdmin(plane);
    await admin.create(CustomResourceDefinition, metricsDefinition);
    servesPodGroups = await serves(admin, PodGroup);
    await installWith(fromMetrics);
    await admin.create(Namespace, { metadata: { name: namespace } });
    const random = seededRandom('scheduler-rights');
    nodes = new SimulatedNodes({
      cluster: admin,
      clock,
      random,
      logger: silentLogger,
      count: 2,
      profile: instant,
      images: ['web:1'],
    });
    await nodes.start();
    for (const name of ['sim-0', 'sim-1']) await admin.create(NodeMetrics, measured(name, '1'));
    await start();
  });
  afterAll(async () => {
    await stop();
    nodes?.kill();
    admin?.close();
    files.end();
    await plane?.stop();
  });

  test('suffice to bind a pod, and to say where it went', async () => {
    await createPod('fits', '100m');
    await expect.poll(() => nodeOf('fits'), patience).toMatch(/^sim-\d$/);
    const notes = async () => (await admin.list(Event, { namespace })).items.map(({ note }) => note);
    await expect
      .poll(notes, patience)
      .toContainEqual(expect.stringMatching(/^Successfully assigned team\/fits to sim-\d$/));
  });

  test('suffice to report a pod that does not fit, and to count what is reported again', async () => {
    const labelSelector = { matchLabels: { app: 'huge' } };
    const alone = { labelSelector, topologyKey: 'kubernetes.io/hostname' };
    // one that other pods keep away is looked at whenever a node changes
    await createPod('huge', '64', {
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [alone] } },
    });
    const first =
      'False Unschedulable: 0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
    await expect.poll(() => reported('huge'), patience).toBe(first);
    const cordon = (unschedulable: boolean) =>
      admin.patch(Node, { name: 'sim-0' }, mergePatch({ spec: { unschedulable } }));
    await cordon(true);
    await expect.poll(() => reported('huge'), patience).toContain('1 node(s) were unschedulable');
    await cordon(false);
    await expect.poll(() => reported('huge'), patience).toBe(first);
    const counts = async () => (await admin.list(Event, { namespace })).items.map(({ series }) => series?.count ?? 1);
    await expect.poll(counts, patience).toContain(2);
  });

  test('suffice to have pods of a lower priority make room', async () => {
    await admin.create(PriorityClass, { metadata: { name: 'high' }, value: 1000 });
    const names = ['low-0', 'low-1'];
    for (const name of names) await createPod(name, '12');
    await expect.poll(() => Promise.all(names.map(nodeOf)), patience).not.toContain(undefined);
    await createPod('high', '12', { priorityClassName: 'high' });
    await expect.poll(() => nodeOf('high'), patience).toMatch(/^sim-\d$/);
    const left = (await admin.list(Pod, { namespace })).items.map(({ metadata }) => metadata.name);
    expect(left.filter((name) => names.includes(name))).toHaveLength(1);
    for (const name of [...left.filter((name) => names.includes(name)), 'high'])
      await admin.remove(Pod, { namespace, name });
  });

  test('suffice to bind a PodGroup as a whole, and to say so of it', async ({ skip }) => {
    skip(!servesPodGroups, 'the server has no PodGroups');
    await createPodGroup(admin, namespace, 'gang', { gang: { minCount: 2 } });
    const schedulingGroup = { podGroupName: 'gang' };
    await createPod('member-0', '100m', { schedulingGroup });
    await expect.poll(() => reported('member-0'), patience).toContain('has 1 of the 2 pods that it needs');
    await createPod('member-1', '100m', { schedulingGroup });
    await expect.poll(() => nodeOf('member-1'), patience).toMatch(/^sim-\d$/);
    const conditions = async () => (await admin.get(PodGroup, { namespace, name: 'gang' })).status?.conditions;
    await expect.poll(async () => (await conditions())?.map(({ status }) => status), patience).toEqual(['True']);
  });

  test('suffice to see what a claim waits for', async () => {
    await admin.create(StorageClass, {
      metadata: { name: 'late' },
      provisioner: 'example.com/none',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    await admin.create(PersistentVolumeClaim, {
      metadata: { namespace, name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'late', resources: { requests: { storage: '1Gi' } } },
    });
    await createPod('stateful', '100m', {
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    });
    await expect
      .poll(() => reported('stateful'), patience)
      .toBe(
        'False Unschedulable: Claim data is bound only when its pod has a node. This scheduler does not do that: use schedulerName default-scheduler.',
      );
  });

  test('suffice to place by what the metrics API says of nodes', async () => {
    for (const [name, cpu] of Object.entries({ 'sim-0': '15', 'sim-1': '1' }))
      await admin.patch(NodeMetrics, { name }, mergePatch(measured(name, cpu)));
    const since = timestamp(clock.now() + second);
    // one reading ends before the next begins
    const readings = () => calls().filter(({ group, at }) => group === 'metrics.k8s.io' && at > since).length;
    await expect.poll(readings, patience).toBeGreaterThan(1);
    const names = Array.from({ length: 6 }, (_, index) => `used-${index}`);
    for (const name of names) await createPod(name, '100m');
    // by requests alone they would be spread
    await expect.poll(() => Promise.all(names.map(nodeOf)), patience).toEqual(names.map(() => 'sim-1'));
  });

  test('suffice to see what became of a pod that somebody else has bound first', async () => {
    const hasRead = () =>
      calls().some(({ verb, resource, name }) => verb === 'get' && resource === 'pods' && name !== '');
    for (let attempt = 0; attempt < 100 && !hasRead(); attempt++) {
      const name = `contested-${attempt}`;
      await createPod(name, '10m');
      const target = { apiVersion: 'v1', kind: 'Node', name: 'sim-0' };
      await admin.create(Binding, { metadata: { namespace, name }, target }).catch(() => undefined);
    }
    await expect.poll(hasRead, patience).toBe(true);
  });

  test('suffice to ask kubelets, as an account that may do nothing else', async () => {
    expect(await stop()).toBe(0);
    await installWith(fromKubelets);
    await expect(admin.get(ClusterRoleBinding, { name: metricsRole })).rejects.toThrow(NotFound);
    await start();
    const asked = () => calls().some(({ resource, name }) => resource === 'serviceaccounts/token' && name !== '');
    await expect.poll(asked, patience).toBe(true);
    const may = async (verb: string, resource: string, subresource?: string) => {
      const resourceAttributes = { group: '', verb, resource, ...(subresource !== undefined && { subresource }) };
      const account = serviceAccountUser(home, defaultReaderAccount);
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'];
      const spec = { user: account, groups, resourceAttributes };
      return (await admin.create(SubjectAccessReview, { metadata: {}, spec })).status?.allowed === true;
    };
    const answers = {
      stats: await may('get', 'nodes', 'stats'),
      disks: await may('get', 'nodes', 'metrics'),
      proxy: await may('get', 'nodes', 'proxy'),
      nodes: await may('list', 'nodes'),
      pods: await may('create', 'pods', 'binding'),
    };
    expect(answers).toEqual({ stats: true, disks: true, proxy: false, nodes: false, pods: false });
    // nobody answers at the addresses of these nodes: what pods request stands for what they use
    await createPod('unmeasured', '100m');
    await expect.poll(() => nodeOf('unmeasured'), patience).toMatch(/^sim-\d$/);
  });

  describe('and the audit log', () => {
    const granted: readonly Right[] = [
      ...schedulerRights,
      ...schedulerElectionRights,
      ...metricsApiRights,
      ...readerTokenRights(defaultReaderAccount),
    ];
    let made: readonly Call[];
    beforeAll(() => {
      made = calls();
    });

    test('has no call that was forbidden', () => {
      expect(made.length).toBeGreaterThan(50);
      expect(made.filter(({ decision }) => decision === 'forbid')).toEqual([]);
    });

    test('has no call that no right allows', () => {
      expect(made.filter((call) => !granted.some((right) => allows(right, call)))).toEqual([]);
    });

    test.for(granted.flatMap((right) => right.verbs.map((verb) => [verb, qualifiedResource(right), right] as const)))(
      'has a call to %s %s',
      ([verb, , right], { skip }) => {
        skip(right.group === PodGroup.group && !servesPodGroups, 'the server has no PodGroups');
        expect(made.some((call) => call.verb === verb && allows(right, call))).toBe(true);
      },
    );

    test('Leases and tokens are touched in its own namespace alone', () => {
      const own = made.filter(({ resource }) => resource === 'leases' || resource === 'serviceaccounts/token');
      expect(new Set(own.map((call) => call.namespace))).toEqual(new Set([home]));
    });
  });
});
