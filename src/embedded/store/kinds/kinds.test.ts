import { describe, expect, it } from 'vitest';
import { ContainerPool } from '../../../api/container-pool.js';
import { customResourceDefinitions } from '../../../api/crds.js';
import {
  ConfigMap,
  CustomResourceDefinition,
  Deployment,
  Namespace,
  ReplicaSet,
  Secret,
  scaleOf,
} from '../../../api/kubernetes.js';
import { BadRequest, Conflict, Forbidden, Invalid, NotFound, UnsupportedMediaType } from '../../../cluster/errors.js';
import { mergePatch, strategicPatch } from '../../../cluster/patch.js';
import { seededRandom } from '../../../support/random.js';
import { VirtualClock } from '../../../support/virtual-clock.js';
import { EmbeddedCluster } from '../cluster.js';

const make = () => new EmbeddedCluster({ clock: new VirtualClock(), random: seededRandom(1) });
const ref = { name: 'one', namespace: 'default' };
const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'main', image: 'x' }] } };
const workload = { metadata: ref, spec: { selector: { matchLabels: { app: 'a' } }, template } };

describe('workloads', () => {
  it('get the defaults of the server', async () => {
    const deployment = await make().create(Deployment, workload);
    expect(deployment.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'Always', resources: {} }] } },
    });
    expect(deployment.spec?.template.spec?.tolerations).toBeUndefined();
  });

  it('keep their selector, which must select their template', async () => {
    const cluster = make();
    await cluster.create(ReplicaSet, workload);
    const other = { matchLabels: { app: 'b' } };
    await expect(cluster.patch(ReplicaSet, ref, mergePatch({ spec: { selector: other } }))).rejects.toThrow(
      'field is immutable',
    );
    await expect(
      cluster.create(ReplicaSet, { metadata: { ...ref, name: 'two' }, spec: { ...workload.spec, selector: other } }),
    ).rejects.toThrow('`selector` does not match template `labels`');
  });

  it('are scaled', async () => {
    const cluster = make();
    const { metadata } = await cluster.create(Deployment, workload);
    const scale = await cluster.patch(scaleOf(Deployment), ref, mergePatch({ spec: { replicas: 5 } }));
    expect(scale).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 0, selector: 'app=a' } });
    expect((await cluster.get(Deployment, ref)).spec?.replicas).toBe(5);
    const old = { ...scale, metadata: { ...scale.metadata, resourceVersion: metadata.resourceVersion } };
    await expect(cluster.replace(scaleOf(Deployment), old)).rejects.toThrow(Conflict);
    await expect(cluster.patch(scaleOf(Deployment), ref, mergePatch({ spec: { replicas: -1 } }))).rejects.toThrow(
      Invalid,
    );
  });
});

describe('namespaces', () => {
  it('end when their controller has let go of them, and take nothing new until then', async () => {
    const cluster = make();
    const namespace = await cluster.create(Namespace, { metadata: { name: 'one' } });
    expect(namespace).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'one' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    const ending = await cluster.remove(Namespace, { name: 'one' });
    expect(ending?.status?.phase).toBe('Terminating');
    await expect(cluster.create(ConfigMap, { metadata: { name: 'a', namespace: 'one' } })).rejects.toThrow(Forbidden);
    if (ending) await cluster.replace(Namespace, { ...ending, spec: { finalizers: [] } }, { subresource: 'finalize' });
    await expect(cluster.get(Namespace, { name: 'one' })).rejects.toThrow(NotFound);
    await expect(cluster.remove(Namespace, { name: 'default' })).rejects.toThrow(Forbidden);
  });
});

describe('configuration', () => {
  it('is what the server makes of it', async () => {
    const cluster = make();
    const secret = await cluster.create(Secret, { metadata: ref, stringData: { a: 'b' } });
    expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
    await cluster.create(ConfigMap, { metadata: ref, data: { a: 'b' }, immutable: true });
    await expect(cluster.patch(ConfigMap, ref, mergePatch({ data: { a: 'c' } }))).rejects.toThrow(Invalid);
  });
});

describe('our own kinds', () => {
  const pool = { metadata: ref, spec: { replicas: 3, template: { spec: template.spec } } };
  const withCrds = async () => {
    const cluster = make();
    for (const crd of customResourceDefinitions) await cluster.create(CustomResourceDefinition, crd);
    return cluster;
  };
  // what a user writes is less than what the type of a stored object promises
  const create = (cluster: EmbeddedCluster, object: object, options = {}) =>
    cluster.create(ContainerPool, object as typeof pool & Pick<ContainerPool, 'spec'>, options);

  it('are defaulted and checked by their schema', async () => {
    const cluster = await withCrds();
    const created = await create(cluster, pool);
    expect(created).toMatchObject({ metadata: { generation: 1 }, spec: { refill: { maxStarting: 50 } } });
    await expect(create(cluster, { metadata: ref, spec: { ...pool.spec, replicas: -1 } })).rejects.toThrow(Invalid);
    const unknown = { metadata: { ...ref, name: 'two' }, spec: { ...pool.spec, replica: 1 } };
    await expect(create(cluster, unknown)).rejects.toThrow(BadRequest);
    const dropped = await create(cluster, unknown, { fieldValidation: 'Ignore' });
    expect(dropped.spec).not.toHaveProperty('replica');
  });

  it('have status and scale', async () => {
    const cluster = await withCrds();
    await create(cluster, { ...pool, status: { ready: 7 } });
    const patch = mergePatch({
      status: { replicas: 2, selector: 'a=b' },
      spec: { replicas: 9 },
      metadata: { labels: { a: 'b' } },
    });
    const status = await cluster.patch(ContainerPool, ref, patch, { subresource: 'status' });
    expect(status).toMatchObject({ metadata: { generation: 1 }, spec: { replicas: 3 }, status: { replicas: 2 } });
    expect(status.status).not.toHaveProperty('ready', 7);
    expect(status.metadata.labels).toBeUndefined();
    expect(await cluster.get(scaleOf(ContainerPool), ref)).toMatchObject({
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'a=b' },
    });
    await cluster.patch(scaleOf(ContainerPool), ref, mergePatch({ spec: { replicas: 4 } }));
    expect((await cluster.get(ContainerPool, ref)).metadata.generation).toBe(2);
  });

  it('need a version to be replaced, and take no strategic merge', async () => {
    const cluster = await withCrds();
    const created = await create(cluster, pool);
    const { resourceVersion: _version, ...metadata } = created.metadata;
    const unversioned = { ...created, metadata: { ...metadata, resourceVersion: '' } };
    await expect(cluster.replace(ContainerPool, unversioned)).rejects.toThrow('must be specified for an update');
    await expect(cluster.patch(ContainerPool, ref, strategicPatch({}))).rejects.toThrow(UnsupportedMediaType);
  });
});
