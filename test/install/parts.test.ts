/** What the smaller parts of an installation do on a real API server: budget, priority, and what is for Prometheus. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PriorityClass } from '../../src/api/administration.js';
import { CustomResourceDefinition, Deployment, Eviction } from '../../src/api/kubernetes.js';
import type { Kind } from '../../src/api/meta/kind.js';
import { nameOf, type Resource } from '../../src/api/meta/resource.js';
import { TooManyRequests } from '../../src/cluster/errors.js';
import { PrometheusRule, ServiceMonitor } from '../../src/install/monitoring/kinds.js';
import { operatorName } from '../../src/install/names.js';
import { penstock } from '../cli/harness.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { until } from './as.js';
import { deployment, home, image, patience, Ward } from './ward.js';

/** As far as a server is concerned: what Prometheus' operator brings has a schema besides. */
const definitionOf = ({ group, version, plural, name }: Kind<Resource>) => ({
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: name, plural },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

describe.skipIf(lacks(controlPlaneWithControllers, 'the parts of an installation'))('an installation', () => {
  let ward: Ward;
  beforeAll(async () => {
    ward = await Ward.open();
    await ward.furnish();
  });
  afterAll(() => ward?.close());

  test('gives its operator a priority above ordinary pods', async () => {
    const { value } = await ward.admin.get(PriorityClass, { name: operatorName });
    const pods = await ward.operatorPods();
    expect(pods.map(({ spec }) => spec?.priority)).toEqual([value, value]);
  });

  test('lets a drain take one replica at a time', async () => {
    await until('the budget to count them', async () => {
      const [pod] = await ward.operatorPods();
      const probe = { metadata: { ...nameOf(pod!) }, deleteOptions: { dryRun: ['All'] } };
      const answer = await ward.admin.create(Eviction, probe).catch((error: unknown) => error);
      return !(answer instanceof Error);
    });
    await ward.nodes.stop();
    const [first, second] = await ward.operatorPods();
    await ward.admin.create(Eviction, { metadata: nameOf(first!) });
    const refused = ward.admin.create(Eviction, { metadata: nameOf(second!) });
    await expect(refused).rejects.toThrow(TooManyRequests);
    await expect(refused).rejects.toMatchObject({ causes: [{ reason: 'DisruptionBudget' }] });
  });

  test('has a monitor and alerts where Prometheus has its kinds', async () => {
    const install = (...words: readonly string[]) =>
      penstock(['install', '--no-wait', '--image', image, ...words, '--kubeconfig', ward.plane.kubeconfig]);
    expect(await install('--with', 'monitor,alerts')).toMatchObject({
      exitCode: 9,
      stderr: expect.stringContaining('which the feature monitor needs'),
    });
    for (const kind of [ServiceMonitor, PrometheusRule]) {
      await ward.admin.create(CustomResourceDefinition, definitionOf(kind));
    }
    await expect
      .poll(async () => (await install('--with', 'monitor,alerts')).stdout, patience)
      .toMatch(/servicemonitor\.monitoring\.coreos\.com\/penstock-operator (created|unchanged)\n/);
    const { spec } = await ward.admin.get(PrometheusRule, { namespace: home, name: operatorName });
    expect(JSON.stringify(spec)).toContain('PenstockHasNoLeader');
    expect((await ward.admin.get(Deployment, deployment)).spec?.replicas).toBe(2);
  });
});
