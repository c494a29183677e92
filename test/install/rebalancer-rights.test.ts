/**
 * The rebalancer with the rights that an installation gives it, and no others: it evicts, asks for replacements and marks nodes. What it
 * asked for is read from the server's audit log: nothing was refused, and no right is left over.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SubjectAccessReview } from '../../src/api/administration.js';
import { ContainerClaim } from '../../src/api/container-claim.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import {
  ConfigMap,
  CustomResourceDefinition,
  Deployment,
  Event,
  Namespace,
  Node,
  Pod,
  ReplicaSet,
} from '../../src/api/kubernetes.js';
import { nameOf } from '../../src/api/meta/resource.js';
import { annotations, labels, states, stoppable } from '../../src/api/names.js';
import { NotFound } from '../../src/cluster/errors.js';
import type { KubernetesCluster } from '../../src/cluster/kubernetes/index.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { builtInControllers } from '../../src/embedded/controllers/index.js';
import { instant, SimulatedNodes } from '../../src/embedded/nodes/index.js';
import { defaultNamespace, install } from '../../src/install/index.js';
import { rebalancerConfiguration, rebalancerName, serviceAccountUser } from '../../src/install/names.js';
import { defaultFeatures } from '../../src/install/part.js';
import { rebalancerHomeRights, rebalancerRights } from '../../src/install/rights/rebalancer.js';
import { qualifiedResource, type Right } from '../../src/install/rights/right.js';
import { createOperator, moveLogName, rebalancerReaderAccount } from '../../src/operator/index.js';
import { createManager, type Manager } from '../../src/runtime/index.js';
import { reportOf } from '../../src/rebalancer/index.js';
import { metricsApiPodRights, metricsApiRights, readerTokenRights } from '../../src/scheduler/index.js';
import { silentLogger } from '../../src/support/log.js';
import { seededRandom } from '../../src/support/random.js';
import { Files, penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { type Call, callsOf } from '../control-plane/calls.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { aPool } from '../objects.js';
import { allows } from './allows.js';
import { clock, clusterAsAdmin, clusterOf } from './as.js';
import { Meter, metricsDefinitions } from './meter.js';
import { tokenOf } from './server.js';

const namespace = 'team';
const home = defaultNamespace;
const user = serviceAccountUser(home, rebalancerName);
const quiet = ['--log-level', 'error', '--metrics-port', '0', '--health-port', '0'];
const patience = { timeout: 40_000, interval: 100 };
const nodeNames = ['sim-0', 'sim-1', 'sim-2'];

const configurationWith = (use: object) =>
  JSON.stringify({
    apiVersion: 'rebalancer.penstock.dev/v1alpha1',
    kind: 'RebalancerConfiguration',
    interval: '1s',
    use,
    // the nodes and their marks are younger than people would have them
    rules: { hot: { samples: 2, atLeast: 2 }, light: { samples: 3, minAge: '1s' } },
  });
const fromMetrics = configurationWith({ source: 'metrics-api', interval: '1s', window: '1s' });
const fromKubelets = configurationWith({ source: 'kubelet', interval: '1s', disk: 'cadvisor' });

describe.skipIf(lacks(controlPlaneWithControllers, "the rebalancer's rights"))("the rebalancer's rights", () => {
  const files = new Files();
  const random = seededRandom('rebalancer-rights');
  let plane: ControlPlane;
  let admin: KubernetesCluster;
  let nodes: SimulatedNodes;
  let scheduling: Manager;
  let operator: Manager;
  let meter: Meter;
  let running: { readonly interruption: AbortController; readonly end: ReturnType<typeof penstock> } | undefined;

  const installWith = async (configuration: string) => {
    const placement = { namespace: home, image: 'penstock:test', replicas: 0, version: '0.0.0' };
    const features = [...defaultFeatures, 'rebalancer'] as const;
    await install(admin, clock, { ...placement, rebalancerConfiguration: configuration, features }, () => {});
    // it runs in this process
    await admin.patch(Deployment, { namespace: home, name: rebalancerName }, mergePatch({ spec: { replicas: 0 } }));
  };
  /** The file of the configuration that the installation has. */
  const configurationFile = async () => {
    const { data } = await admin.get(ConfigMap, { namespace: home, name: rebalancerConfiguration.configMap });
    return files.write('rebalancer.yaml', data?.[rebalancerConfiguration.file] ?? '');
  };
  const start = async () => {
    const kubeconfig = plane.kubeconfigOf(await tokenOf(admin, home, rebalancerName), 'rebalancer.kubeconfig');
    const interruption = new AbortController();
    const file = await configurationFile();
    const words = ['rebalance', '--config', file, '--kubeconfig', kubeconfig, '--namespace', home, ...quiet];
    running = { interruption, end: penstock(words, { interrupted: interruption.signal }) };
  };
  const stop = async () => {
    running?.interruption.abort();
    return (await running?.end)?.exitCode;
  };
  const calls = (): readonly Call[] => callsOf(user, plane.auditLog);
  const podsOf = async (app: string) =>
    (await admin.list(Pod, { namespace, labels: `app=${app}` })).items.filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
  const nodesOf = async (app: string) =>
    (await podsOf(app)).map(({ spec }) => spec?.nodeName ?? '').sort((a, b) => (a < b ? -1 : 1));
  /** New pods go to these nodes only. */
  const openOnly = async (...open: readonly string[]) => {
    for (const name of nodeNames)
      await admin.patch(Node, { name }, mergePatch({ spec: { unschedulable: open.includes(name) ? null : true } }));
  };
  const createReplicas = async (app: string, replicas: number, node: string) => {
    await openOnly(node);
    const template = { metadata: { labels: { app } }, spec: { containers: [{ name: 'main', image: 'web:1' }] } };
    const spec = { replicas, selector: { matchLabels: { app } }, template };
    await admin.create(ReplicaSet, { metadata: { namespace, name: app }, spec });
    await expect.poll(() => nodesOf(app), patience).toEqual(Array.from({ length: replicas }, () => node));
    await openOnly(...nodeNames);
  };
  const notes = async (about: string) => {
    const { items } = await admin.list(Event, { namespace: about });
    return items
      .filter(({ reportingController }) => reportingController === 'penstock.dev/rebalancer')
      .map(({ reason, note, regarding }) => `${reason} ${regarding?.kind} ${note}`);
  };
  const marksOf = async (name: string) => {
    const node = await admin.get(Node, { name });
    return {
      label: node.metadata.labels?.[stoppable.label],
      report: reportOf(node)?.status,
      taints: node.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`) ?? [],
    };
  };
  const marked = {
    label: 'true',
    report: 'True',
    taints: ['example.com/own:PreferNoSchedule', `${stoppable.taint}:PreferNoSchedule`],
  };
  const unmarked = { label: undefined, report: undefined, taints: ['example.com/own:PreferNoSchedule'] };

  beforeAll(async () => {
    plane = await ControlPlane.start({ controllers: true, audit: true });
    admin = clusterAsAdmin(plane);
    for (const definition of metricsDefinitions) await admin.create(CustomResourceDefinition, definition);
    await installWith(fromMetrics);
    await admin.create(Namespace, { metadata: { name: namespace } });
    const parts = { cluster: admin, clock, logger: silentLogger };
    scheduling = createManager({ ...parts, random: random.split('scheduler') });
    builtInControllers({ manager: scheduling, clock, controllers: ['scheduler'] });
    const images = ['web:1', 'registry.test/app:1'];
    nodes = new SimulatedNodes({ ...parts, random, count: nodeNames.length, profile: instant, images });
    operator = createOperator({ ...parts, random: random.split('operator') });
    await Promise.all([scheduling.start(), nodes.start(), operator.start()]);
    meter = new Meter(admin, namespace, nodeNames);
    meter.start();
  });
  afterAll(async () => {
    await stop();
    await meter?.stop();
    operator?.kill();
    scheduling?.kill();
    nodes?.kill();
    admin?.close();
    files.end();
    await plane?.stop();
  });

  test('suffice to evict a pod from a hot node, as a dry run says before', async () => {
    await createReplicas('web', 4, 'sim-0');
    meter.system.set('sim-0', 0);
    // 15.2 of 16 cores
    meter.apps.set('web', 3.8);
    const words = ['rebalance', '--dry-run', '--config', await configurationFile(), '--kubeconfig', plane.kubeconfig];
    const dryRun = () => penstock([...words, '--namespace', home, '--samples', '2']);
    await expect
      .poll(async () => (await dryRun()).stdout, patience)
      .toMatch(/^team\/web-\w+ +sim-0 +sim-[12] +eviction .* sim-0 uses too much of its cpu; sim-[12] has room$/m);
    expect(await nodesOf('web')).toEqual(Array.from({ length: 4 }, () => 'sim-0'));
    await start();
    await expect
      .poll(() => nodesOf('web'), patience)
      .toEqual(['sim-0', 'sim-0', 'sim-0', expect.stringMatching(/[12]$/)]);
    await expect
      .poll(() => notes(namespace), patience)
      .toContainEqual(expect.stringMatching(/^Evicted Pod sim-0 uses too much of its cpu; sim-[12] has room$/));
    const { data } = await admin.get(ConfigMap, { namespace: home, name: moveLogName });
    expect(data?.['moves.json']).toContain('"means":"eviction"');
    await admin.remove(ReplicaSet, { namespace, name: 'web' });
  });

  test('suffice to ask the owner of a container for another one, of the stock', async () => {
    meter.system.set('sim-0', 7);
    await openOnly('sim-0');
    const app = { app: 'runner' };
    const { template } = aPool().spec;
    const spec = { ...aPool().spec, replicas: 1, template: { ...template, metadata: { labels: app } } };
    await admin.create(ContainerPool, { metadata: { namespace, name: 'runners' }, spec });
    const stock = async () =>
      (await podsOf('runner'))
        .filter(({ metadata }) => metadata.labels?.[labels.state] === states.stocked)
        .map(({ spec: { nodeName } = {} }) => nodeName);
    await expect.poll(stock, patience).toEqual(['sim-0']);
    await admin.create(ContainerClaim, {
      metadata: { namespace, name: 'job' },
      spec: { pool: { name: 'runners' }, items: [{ count: 1 }], whenEmpty: 'Wait' },
    });
    const delivered = async () =>
      (await podsOf('runner')).filter(({ metadata }) => metadata.labels?.[labels.claim] === 'job');
    await expect.poll(async () => (await delivered()).map(({ spec }) => spec?.nodeName), patience).toEqual(['sim-0']);
    // the pool makes its stock anew where pods may go
    await openOnly('sim-1');
    await expect.poll(stock, patience).toEqual(['sim-1']);
    await openOnly(...nodeNames);
    // 15 of 16 cores on its node, and room for it on the other
    meter.apps.set('runner', 8);
    meter.system.set('sim-1', 0);
    await expect.poll(async () => (await delivered()).map(({ spec }) => spec?.nodeName), patience).toEqual(['sim-1']);
    expect(await notes(namespace)).toContain('EvictionRequested Pod sim-0 uses too much of its cpu; sim-1 has room');
    meter.apps.set('runner', 0);
    await admin.remove(ContainerClaim, { namespace, name: 'job' });
    await admin.remove(ContainerPool, { namespace, name: 'runners' });
    await expect.poll(async () => (await podsOf('runner')).length, patience).toBe(0);
  });

  test('suffice to empty a lightly used node, and to say so of it as long as no pod needs it', async () => {
    await createReplicas('api', 1, 'sim-2');
    const own = { key: 'example.com/own', effect: 'PreferNoSchedule' };
    await admin.patch(Node, { name: 'sim-2' }, mergePatch({ spec: { taints: [own] } }));
    meter.apps.set('api', 0.5);
    for (const [name, cores] of Object.entries({ 'sim-0': 7, 'sim-1': 7, 'sim-2': 1 })) meter.system.set(name, cores);
    await expect.poll(() => marksOf('sim-2'), patience).toEqual(marked);
    expect(await nodesOf('api')).toEqual([expect.stringMatching(/^sim-[01]$/)]);
    expect(await notes('default')).toContain('NodeEmptying Node 1 pod has still to leave it');
    await admin.create(Pod, {
      metadata: { namespace, name: 'needs-it' },
      spec: {
        nodeSelector: { 'kubernetes.io/hostname': 'sim-2' },
        containers: [{ name: 'main', image: 'web:1' }],
      },
    });
    await expect.poll(() => marksOf('sim-2'), patience).toEqual(unmarked);
    await admin.remove(Pod, { namespace, name: 'needs-it' });
    await expect.poll(() => marksOf('sim-2'), patience).toEqual(marked);
    // what is reported again is counted
    const counts = async () =>
      (await admin.list(Event, { namespace: 'default' })).items.map(({ series }) => series?.count);
    await expect.poll(counts, patience).toContain(2);
  });

  test('let it write no mark of Penstock but its request', async () => {
    const itself = clusterOf(plane, await tokenOf(admin, home, rebalancerName));
    const [pod] = await podsOf('api');
    const ref = nameOf(pod!);
    const request = { [annotations.evictionRequest]: '{}' };
    const metadata = [
      { labels: { [labels.state]: states.stocked } },
      { annotations: request, labels: { [labels.state]: states.stocked } },
      { annotations: { ...request, [annotations.replaces]: 'x' } },
    ];
    for (const one of metadata)
      await expect(itself.patch(Pod, ref, mergePatch({ metadata: one }), { dryRun: true })).rejects.toThrow(
        "reserved to Penstock's operator",
      );
    await itself.patch(Pod, ref, mergePatch({ metadata: { annotations: request } }), { dryRun: true });
    itself.close();
  });

  test('suffice to ask kubelets, as an account that may do nothing else', async () => {
    expect(await stop()).toBe(0);
    await installWith(fromKubelets);
    await start();
    const asked = () => calls().some(({ resource, name }) => resource === 'serviceaccounts/token' && name !== '');
    await expect.poll(asked, patience).toBe(true);
    const may = async (verb: string, resource: string, subresource?: string) => {
      const resourceAttributes = { group: '', verb, resource, ...(subresource !== undefined && { subresource }) };
      const groups = ['system:serviceaccounts', `system:serviceaccounts:${home}`, 'system:authenticated'];
      const spec = { user: serviceAccountUser(home, rebalancerReaderAccount), groups, resourceAttributes };
      return (await admin.create(SubjectAccessReview, { metadata: {}, spec })).status?.allowed === true;
    };
    const answers = {
      stats: await may('get', 'nodes', 'stats'),
      disks: await may('get', 'nodes', 'metrics'),
      nodes: await may('patch', 'nodes'),
      evictions: await may('create', 'pods', 'eviction'),
    };
    expect(answers).toEqual({ stats: true, disks: true, nodes: false, evictions: false });
  });

  describe('and the audit log', () => {
    const granted: readonly Right[] = [
      ...rebalancerRights,
      ...rebalancerHomeRights,
      ...metricsApiRights,
      ...metricsApiPodRights,
      ...readerTokenRights(rebalancerReaderAccount),
    ].filter(({ askedBy }: Right) => !askedBy);
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
      ([verb, , right]) => {
        expect(made.some((call) => call.verb === verb && allows(right, call))).toBe(true);
      },
    );

    test('Leases, ConfigMaps and tokens are touched in its own namespace alone', () => {
      const kinds = new Set(['leases', 'configmaps', 'serviceaccounts/token']);
      const own = made.filter(({ resource }) => kinds.has(resource));
      expect(new Set(own.map((call) => call.namespace))).toEqual(new Set([home]));
    });
  });

  test('end with the installation: no mark of it stays', async () => {
    expect(await stop()).toBe(0);
    await operator.stop();
    expect(await marksOf('sim-2')).toEqual(marked);
    const { exitCode, stdout, stderr } = await penstock(['uninstall', '--yes', '--kubeconfig', plane.kubeconfig]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d nodes? no longer marked as stoppable$/m);
    expect(await marksOf('sim-2')).toEqual(unmarked);
    await expect(admin.get(ConfigMap, { namespace: home, name: moveLogName })).rejects.toThrow(NotFound);
  });
});
