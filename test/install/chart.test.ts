/** The Helm chart says what the plain YAML says, takes values, refuses wrong ones, and lives on a real API server. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterRole } from '../../src/api/administration.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { schemaAnnotations } from '../../src/api/crds.js';
import { type ConfigMap, CustomResourceDefinition, Deployment, Namespace, Secret } from '../../src/api/kubernetes.js';
import { NotFound } from '../../src/cluster/errors.js';
import { mergePatch } from '../../src/cluster/patch.js';
import { allParts, defaultNamespace, installation } from '../../src/install/index.js';
import { operatorName, schedulerName } from '../../src/install/names.js';
import { defaultFeatures, type Feature, featureNames, features } from '../../src/install/part.js';
import { penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { ControlPlane } from '../control-plane/control-plane.js';
import { aPool } from '../objects.js';
import { clock, clusterAsAdmin } from './as.js';
import { Helm, objectsOf } from './helm.js';

const chart = 'deploy/helm/penstock';
const namespace = defaultNamespace;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const placement = { namespace, image: `penstock:${version}`, replicas: 2, version };

/** In a steady order, without what says nothing: a chart writes `nodeSelector: {}`. */
const comparable = (objects: readonly object[]): readonly string[] =>
  objects.map((object) => JSON.stringify(tidy(object))).sort();

function tidy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([key, field]) => !isEmpty(field) && key !== 'helm.sh/resource-policy')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, field]) => [key, tidy(field)]));
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

test('the values know every feature, with its default', () => {
  const values = parse(readFileSync(`${chart}/values.yaml`, 'utf8')) as {
    features: Record<string, boolean>;
    scheduler: { enabled: boolean };
    rebalancer: { enabled: boolean };
  };
  const { scheduler, rebalancer, ...others } = Object.fromEntries(
    featureNames.map((name) => [name, features[name].byDefault === 'in']),
  );
  expect(values.features).toEqual(others);
  expect(values.scheduler.enabled).toBe(scheduler);
  expect(values.rebalancer.enabled).toBe(rebalancer);
});

describe.skipIf(lacks(['helm'], 'the Helm chart'))('the chart', () => {
  const helm = new Helm();
  afterAll(() => helm.end());
  const render = async (...args: readonly string[]) =>
    objectsOf(await helm.run('template', 'penstock', chart, '--namespace', namespace, ...args));
  const set = (names: readonly Feature[], on: boolean) =>
    names.flatMap((name) => [
      '--set',
      `${name === 'scheduler' || name === 'rebalancer' ? `${name}.enabled` : `features.${name}`}=${on}`,
    ]);

  test('by default is the plain YAML, but the namespace', async () => {
    const plain = objectsOf(readFileSync('deploy/install.yaml', 'utf8')).filter(({ kind }) => kind !== 'Namespace');
    expect(comparable(await render())).toEqual(comparable(plain));
  });

  test('with everything is everything, with nothing only the operator and its rights', async () => {
    const objects = (features: readonly Feature[]) =>
      comparable(installation({ ...placement, features }).map(({ object }) => object));
    expect(comparable(await render(...set(featureNames, true)))).toEqual(objects(featureNames));
    expect(comparable(await render(...set(featureNames, false)))).toEqual(objects([]));
    for (const name of featureNames) {
      const rendered = await render(...set(featureNames, false), ...set([name], true));
      expect(comparable(rendered)).toEqual(objects([name]));
    }
  });

  const uses: readonly Readonly<Record<string, string>>[] = [
    { source: 'none' },
    { source: 'metrics-api', interval: '30s' },
    { source: 'kubelet' },
    { source: 'kubelet', disk: 'cadvisor', caFile: '/run/ca.crt' },
    { source: 'kubelet', disk: 'cadvisor', serviceAccount: 'my-own' },
    { source: 'kubelet', tokenFile: '/run/token' },
    { source: 'prometheus', url: 'http://prometheus:9090' },
  ];
  test.each(uses)('has the scheduler and the rebalancer with the rights of the command line for %j', async (use) => {
    for (const [program, kind] of [
      ['scheduler', 'SchedulerConfiguration'],
      ['rebalancer', 'RebalancerConfiguration'],
    ] as const) {
      const config = { apiVersion: `${program}.penstock.dev/v1alpha1`, kind, use };
      const rendered = await render(
        ...set([program], true),
        '--set-json',
        `${program}.config=${JSON.stringify(config)}`,
      );
      const map = rendered.find(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === `penstock-${program}`,
      );
      // helm writes what it was given in an order of its own
      const configuration = (map as ConfigMap).data?.[`${program}.yaml`] ?? '';
      expect(parse(configuration)).toEqual(config);
      const features = [...defaultFeatures, program];
      const configurations = { [`${program}Configuration`]: configuration };
      const objects = installation({ ...placement, features, ...configurations }).map(({ object }) => object);
      expect(comparable(rendered)).toEqual(comparable(objects));
    }
  });

  test('puts values where they belong, and the namespace of the release everywhere', async () => {
    const values = [
      'image.repository=registry.test/penstock',
      'image.tag=v9',
      'image.pullPolicy=Always',
      'replicas=3',
      'logLevel=debug',
      'imagePullSecrets[0].name=pull',
      'nodeSelector.disk=ssd',
      'scheduler.enabled=true',
      'scheduler.replicas=1',
      'scheduler.resources.requests.cpu=250m',
    ];
    const structured = [
      'tolerations=[{"operator":"Exists"}]',
      'affinity={"nodeAffinity":{}}',
      'resources={"requests":{"cpu":"1"},"limits":{"memory":null}}',
    ];
    const objects = await render(
      '--namespace',
      'elsewhere',
      ...values.flatMap((value) => ['--set', value]),
      ...structured.flatMap((value) => ['--set-json', value]),
    );
    const deployments = objects.filter(({ kind }) => kind === 'Deployment');
    const [deployment, scheduler] = [operatorName, schedulerName].map((name) =>
      deployments.find(({ metadata }) => metadata.name === name),
    ) as [Deployment, Deployment];
    expect(scheduler.spec).toMatchObject({
      replicas: 1,
      template: {
        spec: {
          imagePullSecrets: [{ name: 'pull' }],
          nodeSelector: { disk: 'ssd' },
          containers: [
            {
              image: 'registry.test/penstock:v9',
              args: ['scheduler', '--config=/etc/penstock/scheduler.yaml', '--log-level=debug'],
              resources: { requests: { cpu: '250m', memory: '128Mi' } },
            },
          ],
        },
      },
    });
    expect(deployment.spec).toMatchObject({
      replicas: 3,
      template: {
        spec: {
          imagePullSecrets: [{ name: 'pull' }],
          nodeSelector: { disk: 'ssd' },
          tolerations: [{ operator: 'Exists' }],
          affinity: { nodeAffinity: {} },
          containers: [
            {
              image: 'registry.test/penstock:v9',
              imagePullPolicy: 'Always',
              args: ['run', '--log-level=debug'],
              resources: { requests: { cpu: '1', memory: '128Mi' } },
            },
          ],
        },
      },
    });
    expect(JSON.stringify(objects)).not.toContain(defaultNamespace);
    expect(JSON.stringify(objects)).toContain('"namespace":"elsewhere"');
  });

  test.each([
    ['replicas=many', '/replicas'],
    ['replicas=11', '/replicas'],
    ['logLevel=loud', '/logLevel'],
    ['image.repository=', '/image/repository'],
    ['image.tag=a b', '/image/tag'],
    ['features.tenant=true', "'tenant'"],
    ['replicaCount=2', "'replicaCount'"],
    ['scheduler.replicas=many', '/scheduler/replicas'],
    ['rebalancer.replicas=many', '/rebalancer/replicas'],
    ['rebalancer.config.kind=SchedulerConfiguration', '/rebalancer/config/kind'],
    ['scheduler.config.use.source=metrics', '/scheduler/config/use/source'],
    ['scheduler.config.kind=KubeSchedulerConfiguration', '/scheduler/config/kind'],
  ])('refuses %s and says where', async (value, where) => {
    await expect(render('--set', value)).rejects.toThrow(where);
  });

  test('what Prometheus and Grafana fill in is left to them', async () => {
    const text = JSON.stringify(await render(...set(['alerts', 'dashboard'], true)));
    expect(text).toContain('{{ $labels.controller }}');
    expect(text).toContain('{{outcome}}');
    const dashboard = (await render(...set(['dashboard'], true))).find(({ kind }) => kind === 'ConfigMap') as ConfigMap;
    expect(JSON.parse(dashboard.data?.['penstock.json'] ?? '')).toEqual(
      JSON.parse(readFileSync('deploy/dashboard.json', 'utf8')),
    );
  });

  test('passes its own linter', async () => {
    expect(await helm.run('lint', '--strict', chart)).toContain('0 chart(s) failed');
  });
});

describe.skipIf(lacks([...controlPlaneWithControllers, 'helm'], 'the chart on a real API server'))(
  'the chart on a real API server',
  () => {
    let plane: ControlPlane;
    let admin: ReturnType<typeof clusterAsAdmin>;
    let helm: Helm;
    beforeAll(async () => {
      plane = await ControlPlane.start({ controllers: true, serviceAccounts: true });
      admin = clusterAsAdmin(plane);
      helm = new Helm(plane.kubeconfig);
    });
    afterAll(async () => {
      helm.end();
      admin.close();
      await plane.stop();
    });
    const upgrade = (...args: readonly string[]) =>
      helm.run('upgrade', '--install', 'penstock', chart, '--namespace', namespace, '--create-namespace', ...args);
    const crd = { name: 'containerpools.penstock.dev' };
    const pool = { namespace: 'default', name: 'p' };

    test('is accepted by the server, installs, and says what comes next', async () => {
      await admin.create(Namespace, { metadata: { name: namespace } });
      expect(await upgrade('--dry-run=server', '--set', 'features.tenants=true')).toContain('kind: Deployment');
      const notes = await upgrade('--set', 'replicas=1');
      expect(notes).toContain('runs in penstock-system, with 1 replicas');
      for (const { kind, object } of installation(placement)) {
        const { name = '' } = object.metadata;
        const there = await admin.get(kind, { name, ...(kind.namespaced && { namespace }) });
        expect(there.metadata.name).toBe(name);
      }
      const { spec } = aPool();
      await until(() => admin.create(ContainerPool, { metadata: pool, spec }));
    });

    test('an upgrade brings the definitions and rights up to date', async () => {
      const older = { metadata: { annotations: { [schemaAnnotations.revision]: '0' } } };
      await admin.patch(CustomResourceDefinition, crd, mergePatch(older));
      await admin.patch(ClusterRole, { name: 'penstock-operator' }, mergePatch({ rules: [] }));
      await upgrade('--set', 'features.flows=false', '--force-conflicts');
      const definition = await admin.get(CustomResourceDefinition, crd);
      expect(definition.metadata.annotations?.[schemaAnnotations.revision]).not.toBe('0');
      expect((await admin.get(ClusterRole, { name: 'penstock-operator' })).rules?.length).toBeGreaterThan(5);
      const deployment = await admin.get(Deployment, { namespace, name: 'penstock-operator' });
      expect(deployment.spec?.replicas).toBe(2);
      const [gone] = allParts(placement).filter(({ feature }) => feature === 'flows');
      await expect(admin.get(gone!.kind, { name: gone!.object.metadata.name ?? '' })).rejects.toThrow(NotFound);
    });

    test('uninstalling leaves the definitions, and with them all pools', async () => {
      const said = await helm.run('uninstall', 'penstock', '--namespace', namespace);
      expect(said).toContain('containerpools.penstock.dev');
      await expect(admin.get(ClusterRole, { name: 'penstock-operator' })).rejects.toThrow(NotFound);
      expect((await admin.get(CustomResourceDefinition, crd)).metadata.deletionTimestamp).toBeUndefined();
      expect((await admin.get(ContainerPool, pool)).metadata.deletionTimestamp).toBeUndefined();
      // and it can be installed again over what was left
      expect(await upgrade()).toContain('STATUS: deployed');
    });

    test('changes hands: from Helm to the command line, and back', async () => {
      const line = (...words: readonly string[]) =>
        penstock([...words, '--kubeconfig', plane.kubeconfig, '--no-wait', '--image', placement.image]);
      const deployment = () => admin.get(Deployment, { namespace, name: 'penstock-operator' });
      await upgrade('--set', 'replicas=1');
      expect((await deployment()).spec?.replicas).toBe(1);
      const taken = await line('install');
      expect(taken.stderr).toBe('');
      expect(taken.stdout.split('\n').filter((change) => /updated|created/.test(change))).toEqual([
        'deployment.apps/penstock-operator updated',
      ]);
      expect((await deployment()).spec?.replicas).toBe(2);
      // Helm forgets its release, and with that everything is the command line's
      const { items } = await admin.list(Secret, { namespace, labels: 'owner=helm,name=penstock' });
      expect(items.length).toBeGreaterThan(0);
      for (const { metadata } of items) await admin.remove(Secret, { namespace, name: metadata.name });
      expect(await helm.run('list', '--namespace', namespace, '--short')).toBe('');
      expect((await line('install')).stdout).not.toMatch(/created|updated/);
      // and back
      await upgrade('--take-ownership', '--force-conflicts', '--set', 'replicas=1');
      expect((await deployment()).spec?.replicas).toBe(1);
      expect(await helm.run('list', '--namespace', namespace, '--short')).toBe('penstock\n');
    });

    /** A definition is served a moment after it is there. */
    async function until(what: () => Promise<unknown>): Promise<void> {
      for (let tries = 0; ; tries++) {
        try {
          await what();
          return;
        } catch (error) {
          if (tries === 100) throw error;
          await clock.sleep(100);
        }
      }
    }
  },
);
