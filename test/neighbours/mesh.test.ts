/** Pools and claims in a namespace whose admission puts a proxy before the containers of every pod. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerClaimSpec } from '../../src/api/container-claim.js';
import type { ContainerPoolSpec } from '../../src/api/container-pool.js';
import { type Container, Pod } from '../../src/api/kubernetes.js';
import { latch } from '../../src/api/latch.js';
import { annotations, labels } from '../../src/api/names.js';
import { NotFound } from '../../src/cluster/errors.js';
import { controlPlane, lacks } from '../control-plane/binaries.js';
import { namespace, Scene } from '../server-faults/scene.js';
import { MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding } from './kinds.js';

const [own, other, proxyImage] = ['registry.test/app:1', 'registry.test/app:2', 'registry.test/proxy:1'];
const amounts = { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '100m', memory: '32Mi' } };
const proxy = { name: 'mesh-proxy', image: proxyImage, resources: amounts };
const template: ContainerPoolSpec['template'] = {
  metadata: { labels: { mesh: 'on' } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'app', image: own, command: ['/app'], resources: amounts }],
  },
};

/** As istio (holdApplicationUntilProxyStarts) and linkerd do. */
const mesh = {
  failurePolicy: 'Fail',
  reinvocationPolicy: 'Never',
  matchConstraints: {
    resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
  },
  matchConditions: [{ name: 'meshed', expression: "has(object.metadata.labels) && 'mesh' in object.metadata.labels" }],
  mutations: [
    {
      patchType: 'JSONPatch',
      jsonPatch: {
        expression: `[JSONPatch{op: "add", path: "/spec/containers/0", value: Object.spec.containers{name: "${proxy.name}", image: "${proxy.image}", resources: Object.spec.containers.resources{requests: {"cpu": "10m", "memory": "16Mi"}, limits: {"cpu": "100m", "memory": "32Mi"}}}}]`,
      },
    },
  ],
};

describe.skipIf(lacks(controlPlane, 'a mesh that puts its proxy first'))('with a proxy before its container', () => {
  let scene: Scene;
  let isServed = false;
  beforeAll(async () => {
    scene = await Scene.open();
    isServed = await scene.cluster.list(MutatingAdmissionPolicy).then(
      () => true,
      (error: unknown) => {
        if (error instanceof NotFound) return false;
        throw error;
      },
    );
    if (!isServed) return;
    const metadata = { name: 'mesh' };
    await scene.cluster.create(MutatingAdmissionPolicy, { metadata, spec: mesh });
    await scene.cluster.create(MutatingAdmissionPolicyBinding, { metadata, spec: { policyName: 'mesh' } });
    await scene.until(
      'the policy to be in force',
      () => scene.cluster.create(Pod, { metadata: probe, spec: template.spec }, { dryRun: true }),
      ({ spec }) => spec?.containers[0]?.name === proxy.name,
    );
    await scene.operator();
    await scene.pool('plain', { replicas: 3, template, images: [other] });
    await scene.pool('latched', { replicas: 1, template, latch: latch.parse({ mode: 'Exec' }) });
    await scene.full('plain');
    await scene.full('latched');
  });
  beforeEach(({ skip }) => {
    if (!isServed) skip('this API server has no MutatingAdmissionPolicy v1');
  });
  afterAll(() => scene?.close());

  const probe = { namespace, generateName: 'probe-', labels: { mesh: 'on' } };
  /** The containers of the one pod that a claim gets, by name; the proxy as admission made it, in its place. */
  const served = async (name: string, spec: Omit<ContainerClaimSpec, 'whenEmpty'> & Partial<ContainerClaimSpec>) => {
    await scene.claim(name, spec);
    await scene.ready(name);
    const { items } = await scene.cluster.list(Pod, { namespace, labels: `${labels.claim}=${name}` });
    expect(items.map((pod) => pod.spec?.containers.map((one) => one.name))).toEqual([['mesh-proxy', 'app']]);
    const [pod] = items as readonly [Pod];
    const [first, app] = (pod.spec?.containers ?? []) as readonly [Container, Container];
    expect(first).toMatchObject(proxy);
    return { app, pod };
  };
  const larger = { requests: amounts.requests, limits: { cpu: '300m', memory: '64Mi' } };

  it('a claim gives its size to the container of the template', async () => {
    const items = [{ count: 1, resources: { limits: larger.limits } }];
    const { app, pod } = await served('larger', { pool: { name: 'plain' }, items });
    expect(app).toMatchObject({ image: own, resources: larger });
    const statuses = pod.status?.containerStatuses ?? [];
    expect(Object.fromEntries(statuses.map((one) => [one.name, one.resources]))).toEqual({
      app: larger,
      'mesh-proxy': amounts,
    });
  });

  it('a claim gives its image to the container of the template', async () => {
    const { app, pod } = await served('image', { pool: { name: 'plain' }, items: [{ count: 1, image: other }] });
    expect(app).toMatchObject({ image: other, resources: amounts });
    const statuses = pod.status?.containerStatuses ?? [];
    expect(Object.fromEntries(statuses.map((one) => [one.name, one.restartCount]))).toEqual({
      app: 1,
      'mesh-proxy': 0,
    });
  });

  it('a container that is made for a claim has its size and image from the start', async () => {
    const items = [{ count: 1, image: other, resources: { limits: larger.limits } }];
    await scene.pool('empty', { replicas: 0, template, images: [other] });
    const { app } = await served('cold', { pool: { name: 'empty' }, items, whenEmpty: 'Cold' });
    expect(app).toMatchObject({ image: other, resources: larger });
  });

  it('the latch waits in the container of the template', async () => {
    const items = [{ count: 1, env: [{ name: 'A', value: 'b' }] }];
    const { app, pod } = await served('latched', { pool: { name: 'latched' }, items });
    expect(app.command?.[0]).toBe('/.penstock/bin/busybox');
    expect(pod.metadata.annotations?.[annotations.latch]).toContain('\nenv A=b\n');
  });
});
