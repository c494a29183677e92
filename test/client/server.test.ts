/** The library on a real API server; only the nodes are simulated. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Role, RoleBinding } from '../../src/api/administration.js';
import { ContainerPool } from '../../src/api/container-pool.js';
import { Pod } from '../../src/api/kubernetes.js';
import type { Draft, Resource } from '../../src/api/meta/resource.js';
import { Penstock } from '../../src/client/library.js';
import { controlPlaneWithControllers, lacks } from '../control-plane/binaries.js';
import { cases, pools } from './cases.js';
import { SimulatedServer } from './simulated-server.js';

const inNamespace = (namespace: string, pool: Draft<Resource> | undefined): Draft<Resource> => ({
  ...pool,
  metadata: { ...pool?.metadata, namespace },
});

describe.skipIf(lacks(controlPlaneWithControllers, 'the library on a real API server'))('on a real API server', () => {
  let server: SimulatedServer;
  beforeAll(async () => {
    server = await SimulatedServer.start({ users: ['nobody', 'program'] });
  });
  afterAll(() => server.stop());

  test.each(Object.entries(cases))('%s', async (name, run) => {
    expect.hasAssertions();
    const namespace = name
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '-')
      .slice(0, 60);
    await server.namespace(namespace);
    for (const pool of pools) await server.cluster.create<Resource>(ContainerPool, inNamespace(namespace, pool));
    using penstock = await Penstock.connect({ kubeconfig: server.plane.kubeconfig, namespace });
    await expect.poll(async () => (await penstock.pool('web')).ready, { timeout: 60_000 }).toBe(4);
    const lose = async (container: string) => {
      await server.cluster.remove(Pod, { namespace, name: container }, { gracePeriodSeconds: 0 });
    };
    await run({ penstock, lose });
  });

  test('the rights that the page about the library names are enough', async () => {
    const namespace = 'rights';
    await server.namespace(namespace);
    const page = readFileSync('docs/reference/client.md', 'utf8');
    const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(page) ?? [];
    const { metadata, ...role } = parse(text) as Draft<Role> & Pick<Role, 'rules'>;
    await server.cluster.create(Role, { ...role, metadata: { ...metadata, namespace } });
    await server.cluster.create(RoleBinding, {
      metadata: { name: 'program', namespace },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name ?? '' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'program' }],
    });
    await server.cluster.create<Resource>(ContainerPool, inNamespace(namespace, pools[0]));
    using penstock = await Penstock.connect({ kubeconfig: server.plane.kubeconfigOfUser('program'), namespace });
    const claim = await penstock.claim({ pool: 'web', items: [{ count: 2 }] });
    await claim.waitUntilReady();
    expect(await claim.containers()).toHaveLength(2);
    expect(await penstock.claims()).toHaveLength(1);
    await expect(penstock.pool('webb')).rejects.toMatchObject({ hint: 'did you mean web? there are: web' });
    await claim.release();
  });

  test('who may not, is told what', async () => {
    using penstock = await Penstock.connect({ kubeconfig: server.plane.kubeconfigOfUser('nobody') });
    await expect(penstock.claim({ pool: 'web', items: [{ count: 1 }] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('containerpools.penstock.dev'),
      hint: expect.stringContaining('user "test"'),
    });
  });

  test('a namespace that does not exist', async () => {
    using penstock = await Penstock.connect({ kubeconfig: server.plane.kubeconfig, namespace: 'nowhere' });
    await expect(penstock.claim({ pool: 'web', items: [{ count: 1 }] })).rejects.toMatchObject({
      code: 'POOL_NOT_FOUND',
    });
  });

  test('what is not there', async () => {
    const { kubeconfig } = server.plane;
    await expect(Penstock.connect({ kubeconfig, context: 'other' })).rejects.toMatchObject({
      code: 'CONTEXT_NOT_FOUND',
    });
  });
});
